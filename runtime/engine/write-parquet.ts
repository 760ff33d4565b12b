import { rmSync, writeFileSync } from 'node:fs';
import { parseType, renderType } from '../../compiler/index.ts';
import { openEngine } from './open-engine.ts';
import { quoteName, quoteText } from './quote-name.ts';

/**
 * Writes rows as a Parquet file, whichever engine they came from. `csv`: the rows as RFC 4180 with a first line of names, where an empty cell is null and a quoted empty one is ''.
 *
 * @example
 * await writeParquet('vip.parquet', [{ name: 'user_id', type: 'text' }], 'user_id\nu1\n')
 */
export async function writeParquet(
  path: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  csv: string,
): Promise<void> {
  const rows = `${path}.csv`;
  const select = columns.map(({ name, type }) => {
    const known = parseType(type) ?? { name: 'text' as const };
    return `cast(${quoteName(name)} as ${renderType(known, 'duckdb')}) as ${quoteName(name)}`;
  });
  const engine = await openEngine({ engine: 'duckdb', path: ':memory:', folders: [folderOf(path)], threads: 1 });
  try {
    writeFileSync(rows, csv, { mode: 0o600 });
    const from = `read_csv(${quoteText(rows)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)`;
    await engine.execute(`copy (select ${select.join(', ')} from ${from}) to ${quoteText(path)} (format parquet)`);
  } finally {
    rmSync(rows, { force: true });
    await engine.close();
  }
}

function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '') || '/';
}
