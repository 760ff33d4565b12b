import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { indexLines, spanAt } from './line-index.ts';
import type { SourceFile } from './source-file.ts';

/** A CSV file of the project: an empty cell is null, a quoted empty one is ''. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

type Cell = { readonly text: string | null; readonly start: number; readonly end: number };

/** RFC 4180 with a header; blank lines are no rows. A record that does not fit the header, and a quote left open, are told where they stand. */
export function parseCsv(file: SourceFile): { readonly table?: CsvTable; readonly diagnostics: readonly Diagnostic[] } {
  const starts = indexLines(file.text);
  const fail = (code: Diagnostic['code'], message: string, start: number, end: number, hint: string) => ({
    diagnostics: [diagnostic(code, message, { span: spanAt(starts, file.path, start, end), hints: [hint] })],
  });
  const records = readRecords(file.text);
  if ('open' in records)
    return fail(
      'E1205',
      'a quote that is opened here is never closed',
      records.open,
      records.open + 1,
      'close it, or double a quote inside a cell',
    );
  const [first, ...rest] = records;
  if (!first) return fail('E1205', `\`${file.path}\` is empty`, 0, 0, 'its first line names the columns');
  const header = first.map(({ text }) => text ?? '');
  const twice = header.findIndex((name, i) => name === '' || header.indexOf(name) !== i);
  if (twice >= 0) {
    const { start, end } = first[twice]!;
    const name = header[twice]!;
    return name === ''
      ? fail('E1301', `column ${twice + 1} of \`${file.path}\` has no name`, start, end, 'name it in the first line')
      : fail('E1302', `two columns of \`${file.path}\` have the name \`${name}\``, start, end, 'rename one of them');
  }
  const ragged = rest.find((record) => record.length !== header.length);
  if (ragged) {
    const message = `${count(ragged.length, 'cell')}, and the header has ${count(header.length, 'column')}`;
    return fail('E1205', message, ragged[0]!.start, ragged.at(-1)!.end, `the columns are ${header.join(', ')}`);
  }
  return { table: { header, rows: rest.map((record) => record.map(({ text }) => text)) }, diagnostics: [] };
}

function count(n: number, what: string): string {
  return n === 1 ? `1 ${what}` : `${n} ${what}s`;
}

function readRecords(text: string): readonly (readonly Cell[])[] | { readonly open: number } {
  const records: Cell[][] = [];
  let record: Cell[] = [];
  let at = 0;
  while (at < text.length || record.length > 0) {
    const cell = readCell(text, at);
    if ('open' in cell) return cell;
    record.push(cell);
    at = cell.end;
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    if (text.startsWith('\r\n', at)) at += 2;
    else if (at < text.length) at += 1;
    if (record.length > 1 || record[0]!.text !== null) records.push(record);
    record = [];
  }
  return records;
}

function readCell(text: string, start: number): Cell | { readonly open: number } {
  if (text[start] !== '"') {
    const end = start + /^[^,\r\n]*/.exec(text.slice(start, start + 100_000))![0].length;
    return { text: end === start ? null : text.slice(start, end), start, end };
  }
  let end = start + 1;
  for (;;) {
    const quote = text.indexOf('"', end);
    if (quote < 0) return { open: start };
    end = quote + 1;
    if (text[end] !== '"') break;
    end += 1;
  }
  const after = end + /^[^,\r\n]*/.exec(text.slice(end, end + 100_000))![0].length;
  return { text: text.slice(start + 1, end - 1).replaceAll('""', '"') + text.slice(end, after), start, end: after };
}
