import type { Node, SelectStmt } from './ast.ts';
import { nameParts, nodeLocation } from './ast.ts';
import { hasAggregate } from './has-aggregate.ts';
import { inferWindow } from './infer-call.ts';
import { inferCondition } from './infer-condition.ts';
import { inferFrom } from './infer-from.ts';
import { inferNode } from './infer-node.ts';
import type { Inference, QueryColumn } from './inference.ts';
import { report } from './inference.ts';
import { findClash } from './operator-type.ts';
import { outputName } from './output-name.ts';
import type { Scope, ScopeColumn } from './scope.ts';
import { composeSources, emptyFrom, uniqueSources } from './scope.ts';
import { commonType, describeType } from './sql-type.ts';

type Columns = readonly QueryColumn[] | undefined;

/** The columns a query yields; undefined where a `*` over a table of unknown shape hides them. */
export function inferQuery(select: SelectStmt, outer: Scope | undefined, inference: Inference): Columns {
  const ctes = inferCtes(select, outer, inference);
  const around: Scope = { from: emptyFrom, ctes, parent: outer };
  const columns =
    select.op !== undefined && select.op !== 'SETOP_NONE'
      ? inferSetOperation(select, around, inference)
      : select.valuesLists
        ? inferValues(select.valuesLists, around, inference)
        : inferPlain(select, around, inference);
  for (const limit of [select.limitCount, select.limitOffset]) inferNode(limit, around, inference);
  return columns;
}

function inferCtes(
  select: SelectStmt,
  outer: Scope | undefined,
  inference: Inference,
): ReadonlyMap<string, readonly ScopeColumn[] | undefined> {
  const ctes = new Map<string, readonly ScopeColumn[] | undefined>(outer?.ctes);
  for (const node of select.withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename = '', ctequery, aliascolnames } = node.CommonTableExpr;
    if (!ctequery || !('SelectStmt' in ctequery)) continue;
    const query = ctequery.SelectStmt;
    const names = nameParts(aliascolnames);
    const scope: Scope = { from: emptyFrom, ctes, parent: outer };
    if (select.withClause?.recursive && query.larg) inferRecursion(ctename, query, names, ctes, scope, inference);
    ctes.set(ctename, rename(inferQuery(query, scope, inference), names));
  }
  return ctes;
}

/** A recursive CTE reads itself: its first arm alone says what it yields, and each round what may come into which column. */
function inferRecursion(
  name: string,
  query: SelectStmt,
  names: readonly string[],
  ctes: Map<string, readonly ScopeColumn[] | undefined>,
  scope: Scope,
  inference: Inference,
): void {
  const quiet: Inference = {
    ...inference,
    diagnostics: [],
    filters: [],
    inferNode: (node, around) => inferNode(node, around, quiet),
    inferQuery: (select, outer) => inferQuery(select, outer, quiet),
  };
  const first = { ...query.larg, ...(query.withClause ? { withClause: query.withClause } : {}) };
  let known = rename(inferQuery(first, scope, quiet), names);
  for (let found = -1; countSources(known) > found; ) {
    found = countSources(known);
    ctes.set(name, known);
    known = rename(inferQuery(query, scope, quiet), names);
  }
}

function countSources(columns: Columns): number {
  return columns?.reduce((sum, { sources }) => sum + sources.length, 0) ?? 0;
}

function rename(columns: Columns, names: readonly string[]): Columns {
  return names.length === 0 ? columns : columns?.map((column, i) => ({ ...column, name: names[i] ?? column.name }));
}

function inferSetOperation(select: SelectStmt, scope: Scope, inference: Inference): Columns {
  const left = select.larg ? inferQuery(select.larg, scope, inference) : undefined;
  const right = select.rarg ? inferQuery(select.rarg, scope, inference) : undefined;
  if (!left || !right) return left ?? right;
  if (left.length !== right.length) {
    report(
      inference,
      'E1407',
      right[0]?.at,
      `the queries of a set operation yield ${left.length} and ${right.length} columns`,
    );
    return left;
  }
  return left.map((column, i) => {
    const other = right[i]!;
    const clash = findClash([column.type, other.type]);
    if (clash)
      report(
        inference,
        'E1407',
        other.at,
        `column ${i + 1} (\`${column.name}\`) is ${describeType(clash[0])} in one query of the set operation and ${describeType(clash[1])} in the other`,
      );
    return {
      ...column,
      type: commonType([column.type, other.type]),
      sources: uniqueSources([...column.sources, ...other.sources]),
    };
  });
}

function inferValues(lists: readonly Node[], scope: Scope, inference: Inference): Columns {
  const rows = lists.map((list) =>
    'List' in list ? (list.List.items ?? []).map((item) => inferNode(item, scope, inference)) : [],
  );
  return (rows[0] ?? []).map((_, i) => ({
    name: `column${i + 1}`,
    type: commonType(rows.map((row) => row[i]?.type)),
    sources: uniqueSources(
      composeSources(
        rows.flatMap((row) => [...(row[i]?.sources ?? [])]),
        'changed',
      ),
    ),
    at: 0,
  }));
}

function inferPlain(select: SelectStmt, around: Scope, inference: Inference): Columns {
  const from = inferFrom(select.fromClause, around, inference);
  const scope: Scope = { ...around, from };
  const filter = (node: Node | undefined): void => {
    inference.filters.push(...composeSources(inferCondition(node, scope, inference).sources, 'filtered'));
  };
  filter(select.whereClause);
  if (select.whereClause && hasAggregate(select.whereClause)) {
    report(
      inference,
      'E1410',
      nodeLocation(select.whereClause),
      'an aggregate stands in `where`, which chooses rows before they are aggregated',
      ['`having` chooses groups'],
    );
  }
  for (const window of select.windowClause ?? [])
    if ('WindowDef' in window) inferWindow(window.WindowDef, scope, inference);
  const columns = inferTargets(select.targetList ?? [], scope, inference);
  const outputs = new Map((columns ?? []).map((column) => [column.name, column]));
  for (const node of select.groupClause ?? []) inferGrouping(node, scope, outputs, inference);
  filter(select.havingClause);
  for (const node of [...(select.sortClause ?? []), ...(select.distinctClause ?? [])])
    inferOrdering(node, scope, outputs, inference);
  return columns;
}

function inferTargets(targets: readonly Node[], scope: Scope, inference: Inference): Columns {
  const columns: QueryColumn[] = [];
  let complete = true;
  for (const target of targets) {
    if (!('ResTarget' in target) || !target.ResTarget.val) continue;
    const { name, val, location = 0 } = target.ResTarget;
    const star =
      'ColumnRef' in val && val.ColumnRef.fields?.some((field) => 'A_Star' in field)
        ? nameParts(val.ColumnRef.fields)
        : undefined;
    if (star) {
      const expanded = expandStar(star, location, scope, inference);
      if (expanded) columns.push(...expanded.map((column) => ({ ...column, at: location })));
      else complete = false;
      continue;
    }
    const { type, sources } = inferNode(val, scope, inference);
    columns.push({ name: name ?? outputName(val), type, sources: uniqueSources(sources), at: location });
  }
  return complete ? columns : undefined;
}

function expandStar(
  path: readonly string[],
  at: number,
  scope: Scope,
  inference: Inference,
): readonly ScopeColumn[] | undefined {
  if (path.length === 0) return scope.from.open.length > 0 ? undefined : scope.from.visible;
  const table = path.join('.');
  const relation = scope.from.relations.find((r) => (path.length === 1 ? r.alias : r.model) === table);
  if (!relation)
    report(inference, 'E1405', at, `no table is called \`${table}\` here`, [
      `available: ${scope.from.relations.map((r) => `\`${r.alias}\``).join(', ')}`,
    ]);
  return relation?.columns;
}

type Outputs = ReadonlyMap<string, QueryColumn>;

function bareName(node: Node): string | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const parts = nameParts(node.ColumnRef.fields);
  return parts.length === 1 ? parts[0] : undefined;
}

/** GROUP BY: a bare name is a column of FROM, else of the output; a number is an output column. */
function inferGrouping(node: Node, scope: Scope, outputs: Outputs, inference: Inference): void {
  if ('GroupingSet' in node) {
    for (const item of node.GroupingSet.content ?? []) inferGrouping(item, scope, outputs, inference);
    return;
  }
  if ('RowExpr' in node) {
    for (const item of node.RowExpr.args ?? []) inferGrouping(item, scope, outputs, inference);
    return;
  }
  const name = bareName(node);
  const output = name === undefined ? undefined : outputs.get(name);
  const isInput = name !== undefined && (scope.from.visible.some((c) => c.name === name) || scope.from.open.length > 0);
  addFilter(node, output && !isInput ? output : undefined, scope, inference);
}

/** ORDER BY and DISTINCT ON: a bare name is an output column first. */
function inferOrdering(node: Node, scope: Scope, outputs: Outputs, inference: Inference): void {
  const key = 'SortBy' in node ? node.SortBy.node : node;
  if (!key) return;
  const name = bareName(key);
  addFilter(key, name === undefined ? undefined : outputs.get(name), scope, inference);
}

function addFilter(node: Node, output: QueryColumn | undefined, scope: Scope, inference: Inference): void {
  const { sources } = output ?? inferNode(node, scope, inference);
  inference.filters.push(...composeSources(sources, 'filtered'));
}
