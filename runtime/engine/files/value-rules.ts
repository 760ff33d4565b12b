import type { ColumnType } from '../../../compiler/index.ts';
import type { RawColumn } from '../engine.ts';
import { quoteText } from '../quote-name.ts';

/**
 * What a text must look like to be read as a type: one set of rules for CSV, JSONL and Parquet and for every engine, in DuckDB's SQL. Patterns come first
 * because DuckDB's own casts are lenient (`' 1 '`, `1.0` as an integer, the year 0).
 */

const number = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,4})?';
const instant =
  '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?( ?(Z|z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?))?';
/** What DuckDB's JSON reader lets pass and jsonb does not: NaN, Infinity, a comma before a bracket, exponents beyond any numeric. */
const lenientJson = '(?i)nan|inf|,\\s*[\\]}]|[0-9]e[+-]?[0-9]{5}';
const jsonString = '"(?:[^"\\\\]|\\\\.)*"';

function matches(text: string, pattern: string): string {
  return `regexp_full_match(${text}, ${quoteText(pattern)})`;
}

/** SQL of whether a text is JSON that both engines can keep. PostgreSQL has NUL neither in text nor in jsonb. */
export function guardJson(text: string, lenient: boolean): string {
  const guards = [`json_valid(${text})`, `not contains(${text}, '\\u0000')`];
  const pattern = quoteText(lenientJson);
  const outside = `regexp_replace(${text}, ${quoteText(jsonString)}, '""', 'g')`;
  if (lenient) guards.push(`not (regexp_matches(${text}, ${pattern}) and regexp_matches(${outside}, ${pattern}))`);
  return `(${guards.join(' and ')})`;
}

/** SQL of an instant from a text that has seconds and either no zone or `Z`: five times as fast as a cast that minds zones. */
function readUtc(text: string): string {
  return `make_timestamptz(epoch_us(try_cast(${text} as timestamp)))`;
}

function readTimestamp(text: string, zone: string | undefined): string {
  const tail = `substr(${text}, 17)`;
  // DuckDB wants seconds before a zone, and no blank: `10:00Z` and `10:00:00 Z` are completed first.
  const seconds = `case when starts_with(${tail}, ':') then '' else ':00' end`;
  const complete = `(left(${text}, 16) || ${seconds} || replace(${tail}, ' ', ''))`;
  const fixed = `try_cast(upper(${complete}) as timestamptz)`;
  const floating = zone === undefined ? fixed : `timezone(${quoteText(zone)}, try_cast(${complete} as timestamp))`;
  const zoned = `length(${text}) > 19 and ends_with(${text}, 'Z') and not ends_with(${text}, ' Z')`;
  const utc = zone === undefined ? `(length(${text}) = 19 and starts_with(${tail}, ':')) or (${zoned})` : zoned;
  const value = `case when ${utc} then ${readUtc(text)} when regexp_matches(${tail}, '[Zz+-]') then ${fixed} else ${floating} end`;
  return `case when ${matches(text, instant)} and not starts_with(${text}, '0000') then ${value} end`;
}

function readBoolean(text: string): string {
  return `case when lower(${text}) in ('true', 't', '1', 'yes') then true when lower(${text}) in ('false', 'f', '0', 'no') then false end`;
}

/** SQL of the typed value, null where the text does not follow the rule. */
export function readTyped(text: string, type: ColumnType, zone?: string): string {
  switch (type.name) {
    case 'text':
      return `case when not contains(${text}, chr(0)) then ${text} end`;
    case 'integer':
      return `case when ${matches(text, '[+-]?[0-9]+')} then try_cast(${text} as bigint) end`;
    case 'decimal':
      return `case when ${matches(text, number)} then try_cast(${text} as decimal(${type.precision},${type.scale})) end`;
    case 'double':
      return `case when ${matches(text, number)} and isfinite(try_cast(${text} as double)) then try_cast(${text} as double) end`;
    case 'boolean':
      return readBoolean(text);
    case 'date':
      return `case when ${matches(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}')} and not starts_with(${text}, '0000') then try_cast(${text} as date) end`;
    case 'timestamp':
      return readTimestamp(text, zone);
    case 'json':
      return `case when ${guardJson(text, true)} then ${text}::json end`;
  }
}

function describe(type: ColumnType): string {
  const name = type.name === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.name;
  if (type.name === 'text') return 'text that can be kept (it holds a NUL character)';
  if (type.name === 'json') return 'JSON';
  return `${type.name === 'integer' ? 'an' : 'a'} ${name}`;
}

/** SQL of whether a row in the stage was refused for what stands in a column, by its reason. */
export function isRefusal(column: RawColumn): string {
  return `contains(reason, ${quoteText(refusalOf(column))})`;
}

function refusalOf({ name, type }: RawColumn): string {
  return `\`${name}\` is not ${describe(type)}`;
}

/** SQL of the reason why a row is refused for this column, null where it is not. */
export function explainRefusal(column: RawColumn, text: string, value: string): string {
  const name = `\`${column.name}\``;
  const shown = `case when length(${text}) > 80 then left(${text}, 80) || '…' else ${text} end`;
  const what = refusalOf(column);
  const words = column.personal
    ? quoteText(what)
    : `${quoteText(`${what}: '`)} || replace(${shown}, chr(0), '␀') || ''''`;
  const wrong = `when ${text} is not null and ${value} is null then ${words}`;
  const missing = column.required ? ` when ${text} is null then ${quoteText(`${name} is required and missing`)}` : '';
  return `case ${wrong}${missing} end`;
}
