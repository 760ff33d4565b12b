import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Node } from '../../expression/ast.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { Catalog } from '../catalog.ts';
import { exclusionSql } from '../exclusion.ts';
import { baseAlias, type Join, type ResolvedColumn, resolveColumn } from '../joins.ts';
import type { Question } from '../plan-query.ts';
import { identifier as id } from '../sql-text.ts';
import { columnNode } from './aggregate-sql.ts';
import type { Fact } from './facts.ts';
import { replaceColumns } from './formula.ts';

/** The rows that a fact counts: its model, what is joined to it along tested keys, its filter. Columns are asked for before `from` is read, since they bring joins in. */
export interface FactRows {
  find(path: readonly string[]): ResolvedColumn | undefined;
  column(path: readonly string[]): Node;
  /** The column as SQL. */
  text(path: readonly string[]): string;
  from(): string;
  /** ` where …` with what the definition, the question and `more` say. */
  where(more: readonly string[]): string;
  reads(): readonly string[];
}

export function createFactRows(
  catalog: Catalog,
  question: Pick<Question, 'predicate'>,
  fact: Pick<Fact, 'model' | 'where' | 'exclude'>,
  diagnostics: Diagnostic[],
): FactRows {
  const model = catalog.models.get(fact.model)!;
  const joins = new Map<string, Join>();
  const find = (path: readonly string[]) => {
    const outcome = resolveColumn(catalog, model, path);
    diagnostics.push(...outcome.diagnostics);
    for (const join of outcome.column?.joins ?? []) joins.set(join.alias, join);
    return outcome.column;
  };
  const column = (path: readonly string[]): Node => {
    const found = find(path);
    return found ? columnNode(found.alias, found.column) : columnNode(...path);
  };
  const fixed = [
    ...(fact.where ? [`(${writeExpression(replaceColumns(fact.where, column))})`] : []),
    ...(question.predicate ? [`(${writeExpression(replaceColumns(question.predicate, column))})`] : []),
    ...fact.exclude.map((e) =>
      exclusionSql(catalog.exclusions.get(e)!, `${baseAlias}.${id(catalog.exclusions.get(e)!.key)}`),
    ),
  ];
  return {
    find,
    column,
    text: (path) => writeExpression(column(path)),
    from: () =>
      `${model.rows === undefined ? model.name : `(${model.rows})`} as ${baseAlias}${[...joins.values()].map((join) => joinSql(join, catalog.models.get(join.model)?.rows)).join('')}`,
    where: (more) => (more.length + fixed.length > 0 ? ` where ${[...more, ...fixed].join(' and ')}` : ''),
    reads: () => [
      model.name,
      ...[...joins.values()].flatMap((j) => catalog.models.get(j.model)?.behind ?? [j.model]),
      ...fact.exclude.map((e) => catalog.exclusions.get(e)!.in),
    ],
  };
}

function joinSql(join: Join, rows: string | undefined): string {
  const on = join.on.map(([from, to]) => `${id(join.alias)}.${id(to)} = ${id(join.from)}.${id(from)}`);
  return ` left join ${rows === undefined ? join.model : `(${rows})`} as ${id(join.alias)} on ${on.join(' and ')}`;
}
