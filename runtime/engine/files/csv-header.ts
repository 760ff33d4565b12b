import type { CsvDelimiter } from '../../../compiler/index.ts';
import { EngineError, type FileToLoad, type RawColumn } from '../engine.ts';
import { adviseNames, nameInFile } from '../raw-columns.ts';
import { type FileBytes, openBytes } from './open-bytes.ts';
import { parseCells, splitRecords } from './split-records.ts';

/** The names in a CSV file's first record; undefined where the file is empty. */
export async function readCsvHeader(
  bytes: FileBytes,
  delimiter: CsvDelimiter,
  declared: readonly RawColumn[],
  siblings: () => readonly FileToLoad[] = () => [],
): Promise<readonly string[] | undefined> {
  const { file } = bytes;
  const between = delimiter.charCodeAt(0);
  for await (const record of splitRecords(bytes, between, () => false)) {
    if (record.fault) {
      const hint = await adviseDelimiter([record.bytes.toString()], delimiter, declared, siblings);
      throw new EngineError('data', `the header of \`${file.name}\` cannot be read: ${record.fault}`, { hint });
    }
    const names = parseCells(record.bytes.toString(), between).map((name) => (name ?? '').trim());
    const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
    if (twice !== undefined) {
      const shown = mayBeRow(names, declared) ? 'a name' : `\`${twice}\``;
      throw new EngineError('data', `the header of \`${file.name}\` has ${shown} twice`);
    }
    return names;
  }
  return undefined;
}

/** Is the first record no header, but a row that tells of people? Then it is not to be shown. */
function mayBeRow(names: readonly string[], declared: readonly RawColumn[]): boolean {
  const isKnown = declared.some((column) => names.includes(nameInFile(column)));
  return !isKnown && adviseNames(declared, names) === undefined && declared.some(({ personal }) => personal);
}

const otherDelimiters: readonly {
  readonly delimiter: CsvDelimiter;
  readonly written: string;
  readonly shown: string;
}[] = [
  { delimiter: ';', written: '";"', shown: '`;`' },
  { delimiter: '\t', written: '"\\t"', shown: 'a tab' },
  { delimiter: '|', written: '"|"', shown: '`|`' },
  { delimiter: ',', written: '","', shown: 'a comma' },
];

/**
 * What a header says that is one cell to us and several to another delimiter; undefined where it is neither. Where a sibling, another file of the source, is read as it should be, it is not the source that is
 * declared wrong.
 */
export async function adviseDelimiter(
  header: readonly string[],
  used: CsvDelimiter,
  declared: readonly RawColumn[],
  siblings: () => readonly FileToLoad[],
): Promise<string | undefined> {
  const [only] = header;
  if (header.length > 1 || only === undefined) return undefined;
  const known = new Set(declared.map(nameInFile));
  const splits = otherDelimiters
    .filter(({ delimiter }) => delimiter !== used && only.includes(delimiter))
    .map((other) => ({
      ...other,
      names: only.split(other.delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1')),
    }));
  const found = splits.find(({ names }) => names.some((name) => known.has(name))) ?? splits[0];
  if (found === undefined) return undefined;
  const looks = `its header looks separated by ${found.shown}`;
  const fitting = await findFitting(siblings(), used, declared);
  if (fitting === undefined) return `${looks}: write \`delimiter: ${found.written}\` under \`source:\``;
  const usual = otherDelimiters.find(({ delimiter }) => delimiter === used)!.shown;
  return `${looks}, that of \`${fitting.name}\` by ${usual}: the files of a source have one delimiter; give those with ${found.shown} a source of their own, with \`delimiter: ${found.written}\``;
}

/** At most so many headers are read to say what is wrong with one. */
const mostSiblings = 100;

/** A file whose header the delimiter takes apart into columns that are declared. */
async function findFitting(
  files: readonly FileToLoad[],
  delimiter: CsvDelimiter,
  declared: readonly RawColumn[],
): Promise<FileToLoad | undefined> {
  for (const file of files.slice(0, mostSiblings)) {
    try {
      const header = (await readCsvHeader(openBytes(file), delimiter, declared)) ?? [];
      if (header.length > 1 && declared.some((column) => header.includes(nameInFile(column)))) return file;
    } catch {
      // What cannot be read is no example.
    }
  }
  return undefined;
}

/**
 * A file may lack declared columns that rows can do without, as those do that were written before a column was added: it is null there. It must have the required ones, and one declared column at least:
 * where it has none of them it is another file, or its first line is no header.
 */
export function requireColumns(
  file: FileToLoad,
  declared: readonly RawColumn[],
  available: readonly string[],
  what: string,
  advice?: string,
): void {
  const missing = declared.filter((column) => !available.includes(nameInFile(column)));
  if (missing.length === 0) return;
  if (missing.length < declared.length && !missing.some(({ required }) => required)) return;
  const lacking = missing.map(({ name }) => name);
  const wanted = missing.map((column) => `\`${nameInFile(column)}\``);
  if (mayBeRow(available, declared)) {
    const hint = advice ?? 'is its first line a header?';
    throw new EngineError('data', `\`${file.name}\` has none of the columns ${wanted.join(', ')}`, { hint, lacking });
  }
  const list = available.filter((name) => name !== '').map((name) => `\`${name}\``);
  throw new EngineError(
    'data',
    `\`${file.name}\` has no column ${wanted.join(', ')}: its ${what} has ${list.join(', ') || 'none'}`,
    { hint: advice ?? adviseNames(missing, available), lacking },
  );
}
