import { type ColumnType, parseType } from '../../../compiler/index.ts';
import { quoteText } from '../quote-name.ts';
import { readTyped } from './value-rules.ts';

const integer = '-?(0|[1-9][0-9]{0,17})';
const decimal = '-?(0|[1-9][0-9]{0,11})([.][0-9]{1,6})?';
const double = '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]{1,3})?';

/**
 * SQL of the type that all texts of a group look like, as the language writes it; text where there are none. Digits with a leading zero are no number: they are a code, and would lose it. `isPlain`: SQL
 * of whether they may be anything but text, where the format tells the two apart.
 */
export function guessType(text: string, isPlain = 'true'): string {
  const all = (rule: string) => `bool_and(${text} is null or (${rule}))`;
  const like = (pattern: string) => all(`regexp_full_match(${text}, ${quoteText(pattern)})`);
  const scale = `greatest(max(length(${text}) - strpos(${text}, '.')) filter (where contains(${text}, '.')), 1)`;
  return `case when count(${text}) = 0 then 'text'
    when ${isPlain} and ${like(integer)} then 'integer'
    when ${isPlain} and ${like(decimal)} then 'decimal(18,' || ${scale} || ')'
    when ${isPlain} and ${like(double)} then 'double'
    when ${isPlain} and ${all(`lower(${text}) in ('true', 'false')`)} then 'boolean'
    when ${all(`(${readTyped(text, { name: 'date' })}) is not null`)} then 'date'
    when ${all(`(${readTyped(text, { name: 'timestamp' })}) is not null`)} then 'timestamp'
    when ${all(`regexp_matches(${text}, '^[{\\[]') and json_valid(${text})`)} then 'json'
    else 'text' end`;
}

const nested = /\]$|^(STRUCT|MAP|UNION|JSON)/;

/** The language's type for one of DuckDB's, in its words. */
export function typeOfParquet(type: string): ColumnType {
  if (nested.test(type)) return { name: 'json' };
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return { name: 'integer' };
  if (/^TIMESTAMP/.test(type)) return { name: 'timestamp' };
  if (type === 'FLOAT') return { name: 'double' };
  return parseType(type.toLowerCase().replaceAll(' ', '')) ?? { name: 'text' };
}
