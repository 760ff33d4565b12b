import type { RawColumn } from '../engine.ts';
import { quoteText } from '../quote-name.ts';
import { nameInFile } from '../raw-columns.ts';
import type { JsonlTraits } from './check-jsonl.ts';
import { guardJson } from './value-rules.ts';

export interface JsonlSql {
  readonly from: string;
  readonly texts: readonly string[];
  readonly row: string;
  readonly fault: string;
}

const jsonNumber = '(-?[0-9]+(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?)';

/**
 * DuckDB reads a JSON number as a double: of more than 15 digits some may be lost. They are taken from the line itself where what stands there is the very
 * same double, so that the digits of a namesake inside another object are never mistaken for them.
 */
function exactNumber(name: string, text: string): string {
  const written = JSON.stringify(name).replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  const pattern = `${written}\\s*:\\s*${jsonNumber}`;
  const found = `regexp_extract(value, ${quoteText(pattern)}, 1)`;
  return `case when regexp_matches(value, '[0-9.]{16}') and try_cast(${text} as double) = try_cast(${found} as double) then ${found} else ${text} end`;
}

function listPointers(columns: readonly RawColumn[]): string {
  const pointers = columns.map((column) => `/${nameInFile(column).replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return `[${pointers.map(quoteText).join(', ')}]`;
}

/** `source` has a column `value`, a line each. A blank line has the fault '': it is no row. */
export function readJsonl(
  source: string,
  columns: readonly RawColumn[],
  traits: Pick<JsonlTraits, 'lenient' | 'long'>,
): JsonlSql {
  const plain = columns.filter(({ type }) => type.name !== 'json');
  const nested = columns.filter(({ type }) => type.name === 'json');
  const isObject = `starts_with(ltrim(value, ' ' || chr(9)), '{') and ${guardJson('value', traits.lenient)}`;
  const parts = [
    plain.length > 0 ? `case when good then json_extract_string(value, ${listPointers(plain)}) end as plain` : '',
    nested.length > 0 ? `case when good then json_extract(value, ${listPointers(nested)}) end as nested` : '',
  ].filter((part) => part !== '');
  const texts = columns.map((column) => {
    const { type } = column;
    if (type.name === 'json') {
      const item = `nested[${nested.indexOf(column) + 1}]`;
      return `case when ${item}::varchar <> 'null' then ${item} end`;
    }
    const text = `plain[${plain.indexOf(column) + 1}]`;
    return traits.long && (type.name === 'decimal' || type.name === 'text')
      ? exactNumber(nameInFile(column), text)
      : text;
  });
  const blank = "when value is null or trim(value, ' ' || chr(9)) = '' then ''";
  const fault = `case when good then null ${blank} when contains(value, '\\u0000') then 'a NUL character' when ${guardJson('value', traits.lenient)} then 'not a JSON object' else 'not JSON' end`;
  return {
    from: `select *, ${parts.join(', ')} from (select *, coalesce(${isObject}, false) as good from ${source})`,
    texts,
    row: `case when ${guardJson('value', traits.lenient)} then value else to_json(value)::varchar end`,
    fault,
  };
}
