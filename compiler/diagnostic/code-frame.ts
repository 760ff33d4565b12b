import type { Span } from './diagnostic.ts';
import type { Paint } from './paint.ts';
import type { Cell } from './text-cells.ts';
import { splitCells } from './text-cells.ts';

/**
 * The line that a span begins in, with its number, and the span underlined. A span over several lines is underlined to the end of its first.
 */
export function renderCodeFrame(
  span: Span,
  text: string,
  paint: Paint,
  mark: (text: string) => string,
  width: number,
): string[] {
  const found = lineAt(text, span.start.line);
  const line = found && maskSecrets(found, span.file);
  if (line === undefined) return [];
  const number = String(span.start.line);
  const gutter = ' '.repeat(number.length);
  const from = span.start.column - 1;
  const continues = span.end.line > span.start.line;
  const to = continues ? line.length : span.end.column - 1;
  const cells = cropCells(splitCells(line), from, Math.max(16, width - number.length - 4));
  const before = sum(cells.filter((cell) => cell.end <= from));
  const marked = sum(cells.filter((cell) => cell.end > from && cell.start < to));
  const underline = mark('^'.repeat(Math.max(1, marked)) + (continues ? '…' : ''));
  const bar = paint.quiet('|');
  return [
    `${gutter} ${bar}`,
    `${paint.quiet(number)} ${bar} ${cells.map((cell) => cell.text).join('')}`.trimEnd(),
    `${gutter} ${bar} ${' '.repeat(before)}${underline}`,
  ];
}

/** What a line may hold that is no log's: the password of an address, a webhook, what stands where a variable of the environment is to be named. */
const secrets: readonly RegExp[] = [
  /(:\/\/[^\s:@/'"]*:)([^\s@'"]+)(?=@)/g,
  /(:\/\/hooks\.[^\s/'"]+\/)([^\s'"]+)/g,
  /(\b\w+_env["']?\s*:\s*["']?)(?![A-Za-z_]\w*["']?\s*(?:[,}#]|$))([^\s'",}]+)/g,
];

/** The same of project.yml alone: columns may be called so. */
const secretKeys = /(\b(?:password|passwd|secret|token|api_key|hash_key)["']?\s*:\s*["']?)([^\s'",{}[\]]+)/gi;

/** A log keeps what a frame shows: a secret is left out, its place kept. */
function maskSecrets(line: string, file: string): string {
  return [...secrets, ...(file === 'project.yml' ? [secretKeys] : [])].reduce(
    (text, secret) => text.replace(secret, (_, before: string, found: string) => before + '*'.repeat(found.length)),
    line,
  );
}

function lineAt(text: string, number: number): string | undefined {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/, number);
  return lines[number - 1];
}

function sum(cells: readonly Cell[]): number {
  return cells.reduce((total, cell) => total + cell.width, 0);
}

/** The part of a long line around the place that matters, with `…` for what is left out. */
function cropCells(cells: readonly Cell[], from: number, width: number): readonly Cell[] {
  if (sum(cells) <= width) return cells;
  const at = Math.max(
    0,
    cells.findIndex((cell) => cell.end > from),
  );
  const reached = from >= (cells.at(-1)?.end ?? 0) ? cells.length - 1 : at;
  let first = reached;
  for (let room = Math.floor(width / 3); first > 0 && room - cells[first - 1]!.width >= 0; first--)
    room -= cells[first - 1]!.width;
  let last = first;
  for (let room = width - 2; last < cells.length && room - cells[last]!.width >= 0; last++) room -= cells[last]!.width;
  const dots = (cell: Cell | undefined, side: 'start' | 'end'): Cell[] => {
    if (!cell) return [];
    return [{ text: '…', width: 1, start: side === 'start' ? -1 : cell.start, end: side === 'start' ? 0 : cell.end }];
  };
  return [...(first > 0 ? dots(cells[first], 'start') : []), ...cells.slice(first, last), ...dots(cells[last], 'end')];
}
