import { catalogOf } from './catalog-of.ts';
import type { ColumnSource } from './expression/contract.ts';
import { type ColumnResolver, inferExpression } from './expression/infer-expression.ts';
import { parseExpression } from './expression/parse-expression.ts';
import type { Manifest } from './manifest-types.ts';
import type { CatalogActivity, CatalogModel } from './plan/catalog.ts';
import { baseAlias, resolveColumn } from './plan/joins.ts';
import { shapesOf } from './shapes-of.ts';
import type { SqlText } from './source/source-file.ts';

/**
 * What a metric, a segment or a data test does with a column. `shown`: a test's query yields it beside what it looks at, so that a failing row is found; `dimension`: a query may
 * group by it.
 */
export interface ColumnUse {
  readonly model: string;
  readonly column: string;
  readonly how: 'aggregated' | 'filtered' | 'time' | 'dimension' | 'tested' | 'shown';
}

/** Reads expressions and names over a model, through its relations. */
export function createReader(manifest: Manifest, base: CatalogModel) {
  const catalog = catalogOf(manifest);
  const resolve: ColumnResolver = (path) => {
    const { column } = resolveColumn(catalog, base, path);
    if (!column) return undefined;
    const own = { model: column.model, column: column.column, how: 'same' as const };
    const aliases = new Map([[baseAlias, base.name], ...column.joins.map((join) => [join.alias, join.model] as const)]);
    const joined = column.joins.flatMap(({ model, from, on }) =>
      on.flatMap(([left, right]): ColumnSource[] => [
        { model: aliases.get(from)!, column: left, how: 'filtered' },
        { model, column: right, how: 'filtered' },
      ]),
    );
    return { sources: [own, ...joined] };
  };
  const read = (sql: string | undefined) => (sql === undefined ? [] : readExpression(sql, resolve, manifest));
  const named = (path: string, how: ColumnUse['how']) =>
    (resolve(path.split('.'))?.sources ?? []).map((source) => use(source, source.how === 'same' ? how : 'filtered'));
  return { read, named };
}

/** The columns of the rows that an activity is made of: whose, when, which, and, where it is asked for, the value. */
export function activityColumns(manifest: Manifest, leaf: CatalogActivity, isValued: boolean): readonly ColumnUse[] {
  const { read, named } = createReader(manifest, catalogOf(manifest).models.get(leaf.model!)!);
  return [
    ...named(leaf.key!, 'aggregated'),
    ...named(leaf.time!, 'time'),
    ...(leaf.until === undefined ? [] : named(leaf.until, 'time')),
    ...read(leaf.where).map((source) => use(source, 'filtered')),
    ...(isValued
      ? read(leaf.value).map((source) => use(source, source.how === 'filtered' ? 'filtered' : 'aggregated'))
      : []),
  ];
}

/** What decides who is left out: `own` of the model that is counted over, else the key of each exclusion. */
export function excludedBy(
  manifest: Manifest,
  exclude: readonly string[],
  base: string,
  own?: string,
): readonly ColumnUse[] {
  return manifest.project.exclusions
    .filter(({ name }) => exclude.includes(name))
    .flatMap(({ key, in: model, where }) => [
      { model: base, column: own ?? key, how: 'filtered' as const },
      { model, column: key, how: 'filtered' as const },
      ...readOver(where, model, manifest).map((source) => use(source, 'filtered')),
    ]);
}

/** The columns that an expression over one model reads. */
export function readOver(sql: string, model: string, manifest: Manifest): readonly ColumnSource[] {
  const { expression } = parseExpression(asText(sql));
  const shapeOf = shapesOf(manifest);
  return expression ? inferExpression(expression, shapeOf(model) ?? [], { model, shapeOf }).sources : [];
}

function readExpression(sql: string, resolve: ColumnResolver, manifest: Manifest): readonly ColumnSource[] {
  const { expression } = parseExpression(asText(sql));
  return expression ? inferExpression(expression, resolve, { shapeOf: shapesOf(manifest) }).sources : [];
}

export function asText(text: string): SqlText {
  const start = { offset: 0, line: 1, column: 1 };
  return { text, span: { file: '', start, end: start } };
}

export function use({ model, column }: ColumnSource, how: ColumnUse['how']): ColumnUse {
  return { model, column, how };
}

const strength: Readonly<Record<ColumnUse['how'], number>> = {
  aggregated: 0,
  filtered: 1,
  time: 2,
  dimension: 3,
  tested: 0,
  shown: 1,
};

/** Each column once, with the strongest of its uses: to be grouped by says little of a column that is summed. */
export function uniqueUses(uses: readonly ColumnUse[]): readonly ColumnUse[] {
  const found = new Map<string, ColumnUse>();
  for (const one of uses) {
    const name = `${one.model}.${one.column}`;
    const known = found.get(name);
    if (!known || strength[one.how] < strength[known.how]) found.set(name, one);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
