import { EngineError, type EngineErrorKind } from '../engine.ts';
import { describeShortage } from './describe-shortage.ts';
import { isAboutValues, withoutValues } from './without-values.ts';

/** What DuckDB throws: `Binder Error: …`, or a JSON document where `errors_as_json` is set, which alone tells the position. */
interface Report {
  readonly type: string;
  readonly message: string;
  readonly position: number | undefined;
}

function parseReport(text: string): Report {
  const brace = text.indexOf('{"exception_type"');
  if (brace >= 0) {
    try {
      const json = JSON.parse(text.slice(brace)) as Record<string, string>;
      const position = json.position === undefined ? undefined : Number(json.position);
      return { type: json.exception_type ?? '', message: json.exception_message ?? text, position };
    } catch {
      // Not JSON after all: read as a plain message.
    }
  }
  const match = /^([A-Za-z- ]+?) Error: ([\s\S]*)$/.exec(text);
  return { type: match?.[1] ?? '', message: match?.[2] ?? text, position: undefined };
}

const kindsByMessage: readonly (readonly [RegExp, EngineErrorKind])[] = [
  [/conflict on|write-write conflict|transaction conflict|conflict with|being altered|has been altered/i, 'transient'],
  [/could not set lock|conflicting lock/i, 'busy'],
  [/read-only mode|read only/i, 'read_only'],
  [
    /no space left|disk quota|max_temp_directory_size|out of memory|failed to allocate|could not allocate|failed to offload/i,
    'resources',
  ],
  [/database has been invalidated/i, 'unreachable'],
];

const kindsByType: Readonly<Record<string, EngineErrorKind>> = {
  'Out of Memory': 'resources',
  INTERRUPT: 'cancelled',
  IO: 'unreachable',
};

const readOnly =
  /^Cannot execute statement of type "[A-Z_ ]+" on database "[^"\n]*" which is attached in read-only mode/;

/** DuckDB counts bytes of UTF-8, callers UTF-16 units. */
function toUtf16(sql: string, bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Buffer.from(sql).subarray(0, bytes).toString().length;
}

function findKind({ type, message }: Report): EngineErrorKind {
  // Before the words are looked at: a row may hold any of them.
  if (isAboutValues(type)) return readOnly.test(message) ? 'read_only' : 'data';
  for (const [pattern, kind] of kindsByMessage) if (pattern.test(message)) return kind;
  return kindsByType[type] ?? 'sql';
}

/** One line: the frame that DuckDB draws repeats the statement and is drawn elsewhere, with the author's file. */
function firstLines(message: string): string {
  return message
    .split(/\n\nLINE \d+:/)[0]!
    .replaceAll('\0', '.')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

export function mapDuckdbError(error: unknown, sql = ''): EngineError {
  if (error instanceof EngineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const report = parseReport(text);
  const kind = findKind(report);
  const whole = firstLines(report.message);
  const said = kind === 'data' ? withoutValues(report.type, report.message) : whole;
  const shortage = kind === 'resources' ? describeShortage(whole) : undefined;
  const message = kind === 'cancelled' ? 'the statement was cancelled' : (shortage?.message ?? said);
  // The driver's own error is not kept as a cause: it would be printed with its message.
  return new EngineError(kind, message, { position: toUtf16(sql, report.position), hint: shortage?.hint, whole });
}
