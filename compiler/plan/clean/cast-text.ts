import type { ColumnType } from '../../definition/type-name.ts';
import { canonicalType } from '../canonical-type.ts';
import { textLiteral } from '../sql-text.ts';

/** A text as a value of a type, without a cast that can fail. */
export interface TextCast {
  /** Null where the text is no such value. */
  readonly value: string;
  /** Holds where there is a text and it is no such value. */
  readonly fails: string;
  readonly words: string;
}

/**
 * Reads a text by rules that are the same on every engine: those of raw files (runtime/engine/README.md, "Files"). Undefined where any text is a value.
 *
 * @example
 * castText("s.n", { name: 'integer' }, undefined).words // 'an integer'
 */
export function castText(sql: string, type: ColumnType, zone: string | undefined): TextCast | undefined {
  const text = `trim(${sql})`;
  switch (type.name) {
    case 'text':
    case 'json':
      return undefined;
    case 'integer': {
      const wide = `cast(${text} as decimal(38, 0))`;
      const isRead = `case when ${text} ~ '^[+-]?[0-9]{1,36}$' then ${wide} between -9223372036854775808 and 9223372036854775807 else false end`;
      return castWhere(sql, isRead, `cast(${text} as bigint)`, 'an integer');
    }
    case 'decimal': {
      const { precision, scale } = type;
      const rounded = `round(cast(${text} as decimal(38, ${Math.min(scale + 2, 18)})), ${scale})`;
      const whole = Math.max(precision - scale, 1);
      const isNumber = String.raw`${text} ~ '^[+-]?(0*[0-9]{1,${whole}}(\.[0-9]*)?|\.[0-9]+)$'`;
      const limit = precision > scale ? `1${'0'.repeat(precision - scale)}` : '1';
      return castWhere(
        sql,
        `case when ${isNumber} then abs(${rounded}) < ${limit} else false end`,
        `cast(${rounded} as ${canonicalType(type)})`,
        `a number that fits decimal(${precision},${scale})`,
      );
    }
    case 'double':
      return castWhere(
        sql,
        String.raw`${text} ~ '^[+-]?([0-9]{1,200}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$'`,
        `cast(${text} as double precision)`,
        'a number',
      );
    case 'boolean': {
      const lower = `lower(${text})`;
      const truths = "('true', 't', '1', 'yes')";
      return castWhere(
        sql,
        `${lower} in ('true', 't', '1', 'yes', 'false', 'f', '0', 'no')`,
        `${lower} in ${truths}`,
        'a boolean',
      );
    }
    case 'date':
      return castWhere(sql, isDate(text, '$'), `cast(${text} as date)`, 'a date');
    case 'timestamp':
      return castTimestamp(sql, text, zone);
  }
}

function castWhere(sql: string, isRead: string, value: string, words: string): TextCast {
  return {
    value: `case when ${isRead} then ${value} end`,
    fails: `(${sql} is not null and not coalesce(${isRead}, false))`,
    words,
  };
}

/** A day that the calendar has, with what may follow it as a pattern. */
function isDate(text: string, rest: string): string {
  const part = (from: number, length: number) => `cast(substr(${text}, ${from}, ${length}) as integer)`;
  const [year, month, day] = [part(1, 4), part(6, 2), part(9, 2)];
  const leap = `(${year} % 4 = 0 and (${year} % 100 <> 0 or ${year} % 400 = 0))`;
  const last = `case when ${month} in (4, 6, 9, 11) then 30 when ${month} = 2 then case when ${leap} then 29 else 28 end else 31 end`;
  return `case when ${text} ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])${rest}' then ${year} > 0 and ${day} <= ${last} else false end`;
}

const clock = String.raw`[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?`;
const offset = `(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)`;

/** With an offset it says its instant; without, it is read in the column's zone. */
function castTimestamp(sql: string, text: string, zone: string | undefined): TextCast {
  const isRead = isDate(text, `${clock}${offset}?$`);
  const local = `timezone(${textLiteral(zone ?? 'UTC')}, cast(${text} as timestamp))`;
  const value = `case when ${text} ~ '${offset}$' then cast(${text} as timestamptz) else ${local} end`;
  return castWhere(sql, isRead, value, 'a timestamp');
}
