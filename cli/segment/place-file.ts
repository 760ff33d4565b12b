import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { QueryColumn, Value } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCode } from '../exit-code.ts';
import { formatCsv } from '../output/format-csv.ts';

/** Nothing of anybody's is written over. */
export function requireFree(cwd: string, path: string): string {
  const whole = resolve(cwd, path);
  const folder = dirname(whole);
  if (!existsSync(folder))
    throw new CommandFailure(exitCode.usage, `\`${path}\` cannot be written: there is no folder \`${folder}\``, [
      'an export makes no folders: whoever may read them is for you to say',
    ]);
  if (!existsSync(whole)) return whole;
  throw new CommandFailure(exitCode.usage, `\`${path}\` is there already`, [
    'an export writes over nothing: name a new file, or remove that one',
  ]);
}

/**
 * Writes rows under a temporary name, lets `record` write them down by the file's bytes, and only then gives the file its name. Nobody but its owner may read it.
 */
export async function placeFile<T>(
  path: string,
  format: 'csv' | 'parquet',
  columns: readonly QueryColumn[],
  rows: readonly (readonly Value[])[],
  record: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  const csv = formatCsv(
    columns.map(({ name }) => name),
    rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
  );
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (format === 'csv') writePrivately(temporary, csv);
    else {
      const { writeParquet } = await import('../../runtime/engine/write-parquet.ts');
      writePrivately(temporary, '');
      await writeParquet(temporary, columns, csv);
    }
    const recorded = await record(readFileSync(temporary));
    renameSync(temporary, path);
    return recorded;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writePrivately(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
