import type { FileLoad, FileToLoad, Session } from '../engine.ts';
import { findPlainCsv } from './check-csv.ts';
import { findJsonlTraits } from './check-jsonl.ts';
import { adviseDelimiter, readCsvHeader, requireColumns } from './csv-header.ts';
import { gatherParquet } from './gather-parquet.ts';
import { openBytes } from './open-bytes.ts';
import { Gathering, type Portion } from './portions.ts';
import { rewriteCsv } from './rewrite-csv.ts';
import { rewriteJsonl } from './rewrite-jsonl.ts';
import { plainCsvRows, plainJsonlRows, rewrittenCsvRows, rewrittenJsonlRows } from './source-rows.ts';
import { findRecord, lf } from './split-records.ts';

/** Takes a file into the gathering, or answers with a portion of its own where it is large and can be read where it stands. */
type Gather = (file: FileToLoad, load: FileLoad, gathering: Gathering) => Promise<Portion | undefined>;

const gatherCsv: Gather = async (file, { columns, delimiter = ',', files, loaded = [] }, gathering) => {
  const between = delimiter.charCodeAt(0);
  const bytes = openBytes(file);
  const siblings = () => [...files, ...loaded];
  const header = await readCsvHeader(bytes, delimiter, columns, siblings);
  if (header === undefined) return undefined;
  requireColumns(file, columns, header, 'header', await adviseDelimiter(header, delimiter, columns, siblings));
  const shape = JSON.stringify(header);
  const plain = await findPlainCsv(bytes, between, header.length);
  if (plain === undefined) {
    const { scratch, parts } = gathering.find(`mended ${shape}`, (path) => rewrittenCsvRows(path, header, columns));
    parts.push({ file, rows: await rewriteCsv(bytes, between, header.length, scratch) });
    return undefined;
  }
  const { newline, rows } = plain;
  const { whole } = bytes;
  if (whole === undefined)
    return { source: plainCsvRows(file.path, header, newline, between, columns), parts: [{ file, rows }] };
  const lineEnd = Buffer.from(newline === 'lf' ? '\n' : '\r\n');
  const read = (path: string) => plainCsvRows(path, header, newline, between, columns);
  const begin = Buffer.concat([Buffer.from('header'), lineEnd]);
  const { scratch, parts } = gathering.find(`${newline} ${shape}`, read, begin);
  const body = whole.subarray(findRecord(whole, 0, between, true)!.next);
  scratch.write(body);
  if (body.length > 0 && body.at(-1) !== lf) scratch.write(lineEnd);
  parts.push({ file, rows });
  return undefined;
};

const gatherJsonl: Gather = async (file, { columns }, gathering) => {
  const bytes = openBytes(file);
  const traits = await findJsonlTraits(bytes);
  const { lenient, long, lines } = traits;
  if (!traits.plain) {
    const { scratch, parts } = gathering.find('mended', (path) => rewrittenJsonlRows(path, columns, traits));
    parts.push({ file, rows: await rewriteJsonl(bytes, scratch) });
    return undefined;
  }
  const { whole } = bytes;
  const rows = lines!;
  if (whole === undefined) return { source: plainJsonlRows(file.path, columns, traits), parts: [{ file, rows }] };
  const read = (path: string) => plainJsonlRows(path, columns, traits);
  const { scratch, parts } = gathering.find(JSON.stringify({ lenient, long }), read);
  scratch.write(whole);
  if (whole.length > 0 && whole.at(-1) !== lf) scratch.write(Buffer.from('\n'));
  parts.push({ file, rows });
  return undefined;
};

async function* gatherLines(load: FileLoad, folder: string, gather: Gather): AsyncGenerator<Portion> {
  const gathering = new Gathering(folder);
  try {
    for (const [index, file] of load.files.entries()) {
      const own = await gather(file, load, gathering);
      if (own !== undefined) yield own;
      if (!gathering.isFull && index < load.files.length - 1) continue;
      for (let portion = gathering.take(); portion; portion = gathering.take()) yield portion;
    }
  } finally {
    gathering.drop();
  }
}

/** The files of a load in portions that one statement each can read, every file looked at byte by byte before DuckDB sees it. */
export function gatherFiles(session: Session, load: FileLoad, folder: string): AsyncGenerator<Portion> {
  switch (load.format) {
    case 'csv':
      return gatherLines(load, folder, gatherCsv);
    case 'jsonl':
      return gatherLines(load, folder, gatherJsonl);
    case 'parquet':
      return gatherParquet(session, load);
  }
}
