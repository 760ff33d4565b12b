import type { ColumnTest, TestValue } from '../../definition/data-test.ts';
import { type Diagnostic, diagnostic, type Located, type Span } from '../../diagnostic/diagnostic.ts';
import { normaliseInstant } from '../../expression/instant-text.ts';
import { canonicalType } from '../canonical-type.ts';
import { dayNumber } from '../civil-day.ts';
import { textLiteral, valueLiteral } from '../sql-text.ts';
import { readsAs, sampleValue } from '../type-values.ts';

/** A column whose values are asked for; without a type nothing is known of them. */
interface TypedColumn {
  readonly name: string;
  readonly type?: string;
}

/** Whether the rule says something of values of the column's type; told where it does not. */
export function appliesTo(test: ColumnTest, { name, type }: TypedColumn, diagnostics: Diagnostic[]): boolean {
  const { rule } = test.test;
  const form = type === undefined ? undefined : familyOf(type);
  const hint =
    rule === 'matches' && form !== 'text'
      ? 'the values of other types than text are tested by `range` and `accepted`, or by an `expression` of the model'
      : rule === 'range' && form === 'boolean'
        ? 'name the value that is meant: `{accepted: [true]}`'
        : form === 'json'
          ? `test what is in it, by a test of the model: \`{expression: "${name}->>'plan' in ('free', 'pro')"}\``
          : undefined;
  if (form === undefined || hint === undefined) return true;
  const message = `\`${rule}\` does not apply: \`${name}\` is ${type}`;
  diagnostics.push(diagnostic('E1407', message, { span: test.span, hints: [hint] }));
  return false;
}

/** A value as canonical SQL; undefined, and told, where the column cannot hold it. `key`: where it stands. */
export function columnLiteral(
  { value, span }: Located<TestValue>,
  key: 'min' | 'max' | 'accepted',
  column: TypedColumn,
  diagnostics: Diagnostic[],
): string | undefined {
  const { name, type } = column;
  if (type === undefined) return valueLiteral(value);
  const family = familyOf(type);
  const fits =
    family === 'number'
      ? typeof value !== 'boolean' && readsAs(String(value), 'decimal')
      : family === 'boolean'
        ? typeof value === 'boolean'
        : typeof value === 'string' && readsAs(value, type);
  if (!fits) {
    diagnostics.push(unfitting(key, value, name, type, span));
    return undefined;
  }
  switch (family) {
    case 'number':
      return String(value);
    case 'time':
      return `cast(${textLiteral(String(value))} as ${canonicalType(type)})`;
    default:
      return valueLiteral(value);
  }
}

function unfitting(key: string, value: TestValue, name: string, type: string, span: Span): Diagnostic {
  const sample = type === 'text' ? `"${value}"` : sampleValue(type);
  const written = key === 'accepted' ? `accepted: [${sample}, …]` : `${key}: ${sample}`;
  const kind = typeof value === 'string' ? 'the text ' : typeof value === 'number' ? 'the number ' : '';
  return diagnostic('E1407', `\`${key}\`: \`${name}\` is ${type}, which ${kind}\`${value}\` is not`, {
    span,
    hints: [
      type === 'text' ? `a text that looks otherwise stands in quotes: \`${written}\`` : `for example \`${written}\``,
      `or give \`${name}\` the type of the values that are meant`,
    ],
  });
}

/** Whether some value lies within both bounds, which fit the type; told where none does. */
export function checkOrder(
  min: Located<TestValue>,
  max: Located<TestValue>,
  { name, type }: TypedColumn,
  diagnostics: Diagnostic[],
): boolean {
  const [low, high] = [ordinal(min.value, type), ordinal(max.value, type)];
  if (low <= high) return true;
  const message = `no value of \`${name}\` is at least \`${min.value}\` and at most \`${max.value}\``;
  diagnostics.push(diagnostic('E1205', message, { span: max.span, hints: ['`min` is the smaller one'] }));
  return false;
}

type Family = 'number' | 'time' | 'boolean' | 'json' | 'text';

function familyOf(type: string): Family {
  switch (type) {
    case 'text':
    case 'boolean':
    case 'json':
      return type;
    case 'date':
    case 'timestamp':
      return 'time';
    default:
      return 'number';
  }
}

/** What sorts as the value does in its column. */
function ordinal(value: TestValue, type: string | undefined): number | string {
  const family = type === undefined ? typeof value : familyOf(type);
  if (family === 'number') return Number(value);
  return family === 'time' ? secondsOf(String(value)) : String(value);
}

/** Seconds since 1970; a day is its midnight in UTC. */
function secondsOf(text: string): number {
  const [, day = '', hour = 0, minute = 0, second = 0, sign, hours = 0, minutes = 0] =
    /^(\S+)(?: (\d\d):(\d\d):([\d.]+)(?:([+-])(\d\d):?(\d\d)?)?)?$/.exec(normaliseInstant(text) ?? text) ?? [];
  const east = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  return dayNumber(day) * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - east;
}
