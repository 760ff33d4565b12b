import type { ExampleDefinition } from '../../definition/example.ts';
import { attritionColumns, countAttrition } from './attrition.ts';
import type { CatalogSegment } from './rule.ts';

type Value = null | boolean | number | bigint | string;

export interface ExampleRows {
  readonly example: ExampleDefinition;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

/** What an example of a segment expects as rows of a table, and the result as such rows. Of groups only the conditions that it names count. */
export function asRows(
  segment: Pick<CatalogSegment, 'key' | 'rule' | 'exclude'>,
  example: ExampleDefinition,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): ExampleRows {
  const { expect } = example;
  if (expect.form === 'rows') return { example, columns, rows };
  if (expect.form === 'members') {
    const wanted = expect.members.map((member) => ({ cells: { [segment.key]: member }, span: example.span }));
    return { example: { ...example, expect: { form: 'rows', rows: wanted } }, columns, rows };
  }
  const at = (name: string) => columns.indexOf(name);
  const masks = rows.map((row) => ({ mask: String(row[at('mask')]), entities: Number(row[at('entities')]) }));
  const { rule, exclude } = segment;
  const counted = rule?.form === 'where' ? countAttrition(rule.where, exclude, masks).rows : [];
  const named = new Set(expect.rows.map(({ cells }) => textOf(cells.condition)));
  const shown = counted.filter(({ condition }) => !condition.includes('.') || named.has(condition));
  return {
    example: { ...example, expect: { form: 'rows', rows: expect.rows } },
    columns: attritionColumns,
    rows: shown.map((row) => attritionColumns.map((column) => row[column])),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? (value as { readonly number: string }).number : String(value);
}
