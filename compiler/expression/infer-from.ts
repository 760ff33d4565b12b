import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { JoinExpr, Node, RangeVar } from './ast.ts';
import { functionName, nameParts } from './ast.ts';
import { inferCondition } from './infer-condition.ts';
import { inferNode } from './infer-node.ts';
import type { Inference } from './inference.ts';
import { report } from './inference.ts';
import type { FromShape, Relation, Scope, ScopeColumn } from './scope.ts';
import { composeSources, emptyFrom, fromRelation, relationOfModel, uniqueSources } from './scope.ts';
import type { SqlType } from './sql-type.ts';
import { commonType } from './sql-type.ts';

/** What a FROM list makes visible. LATERAL items and functions see the items before them. */
export function inferFrom(items: readonly Node[] | undefined, scope: Scope, inference: Inference): FromShape {
  let all = emptyFrom;
  for (const item of items ?? []) all = sideBySide(all, inferItem(item, all, scope, inference));
  reportTwins(all, items, inference);
  return all;
}

function reportTwins(from: FromShape, items: readonly Node[] | undefined, inference: Inference): void {
  const seen = new Set<string>();
  for (const { alias } of from.relations) {
    if (seen.has(alias)) {
      const first = items?.[0];
      const at = first && 'RangeVar' in first ? first.RangeVar.location : undefined;
      report(inference, 'E1412', at, `two tables are called \`${alias}\` here`, [
        'an alias tells them apart: `from clean.orders as o`',
      ]);
      return;
    }
    seen.add(alias);
  }
}

function sideBySide(left: FromShape, right: FromShape): FromShape {
  return {
    relations: [...left.relations, ...right.relations],
    visible: [...left.visible, ...right.visible],
    open: [...left.open, ...right.open],
  };
}

function inferItem(item: Node, before: FromShape, scope: Scope, inference: Inference): FromShape {
  if ('RangeVar' in item) return fromRelation(inferTable(item.RangeVar, scope, inference));
  if ('JoinExpr' in item) return inferJoin(item.JoinExpr, before, scope, inference);
  if ('RangeSubselect' in item) {
    const { subquery, alias, lateral } = item.RangeSubselect;
    const outer = lateral ? { ...scope, from: before, parent: scope.parent } : scopeAround(scope);
    const columns = subquery && 'SelectStmt' in subquery ? inference.inferQuery(subquery.SelectStmt, outer) : undefined;
    return fromRelation(renamed({ alias: alias?.aliasname ?? '', columns }, nameParts(alias?.colnames)));
  }
  if ('RangeFunction' in item) return fromRelation(inferTableFunction(item.RangeFunction, before, scope, inference));
  return fromRelation({ alias: '' });
}

/** A subquery in FROM does not see its neighbours, only the query around. */
function scopeAround(scope: Scope): Scope {
  return { from: emptyFrom, ctes: scope.ctes, parent: scope.parent };
}

function inferTable(table: RangeVar, scope: Scope, inference: Inference): Relation {
  const name = table.relname ?? '';
  const alias = table.alias?.aliasname ?? name;
  const colnames = nameParts(table.alias?.colnames);
  if (table.schemaname === undefined) return renamed({ alias, columns: scope.ctes.get(name) }, colnames);
  const model = `${table.schemaname}.${name}`;
  return renamed(relationOfModel(model, alias, inference.shapeOf(model)), colnames);
}

function renamed(relation: Relation, colnames: readonly string[]): Relation {
  if (colnames.length === 0 || !relation.columns) return relation;
  return {
    ...relation,
    columns: relation.columns.map((column, i) => ({ ...column, name: colnames[i] ?? column.name })),
  };
}

type RangeFunction = Extract<Node, { RangeFunction: unknown }>['RangeFunction'];

const rowsOf: Readonly<Record<string, SqlType>> = {
  jsonb_array_elements: { name: 'json' },
  json_array_elements: { name: 'json' },
  jsonb_array_elements_text: { name: 'text' },
  json_array_elements_text: { name: 'text' },
};

function inferTableFunction(range: RangeFunction, before: FromShape, scope: Scope, inference: Inference): Relation {
  const lateral: Scope = { ...scope, from: before };
  const columns: ScopeColumn[] = [];
  const alias = range.alias?.aliasname;
  let firstName = '';
  for (const item of range.functions ?? []) {
    const call = 'List' in item ? item.List.items?.[0] : undefined;
    if (!call || !('FuncCall' in call)) continue;
    const name = functionName(call.FuncCall);
    firstName ||= name;
    const inferred = inferNode(call, lateral, inference);
    const argument = call.FuncCall.args?.[0];
    const array = name === 'unnest' && argument ? inference.types.get(argument) : undefined;
    const type = rowsOf[name] ?? (array?.name === 'array' ? array.of : inferred.type);
    columns.push({ name: rowsOf[name] ? 'value' : (alias ?? name), type, sources: inferred.sources });
  }
  // A function whose one column has no name of its own takes the alias; those with OUT arguments keep theirs.
  if (range.ordinality) columns.push({ name: 'ordinality', type: { name: 'integer' }, sources: [] });
  return renamed({ alias: alias ?? firstName, columns }, nameParts(range.alias?.colnames));
}

function inferJoin(join: JoinExpr, before: FromShape, scope: Scope, inference: Inference): FromShape {
  const left = join.larg ? inferItem(join.larg, before, scope, inference) : emptyFrom;
  const right = join.rarg ? inferItem(join.rarg, sideBySide(before, left), scope, inference) : emptyFrom;
  const both = sideBySide(left, right);
  const using = join.isNatural ? namesInBoth(left, right) : nameParts(join.usingClause);
  const joined = using.length > 0 ? mergeColumns(left, right, using, join, inference) : both;
  if (join.quals) {
    const condition = inferCondition(join.quals, { ...scope, from: joined }, inference);
    inference.filters.push(...composeSources(condition.sources, 'filtered'));
  }
  if (!join.alias?.aliasname) return joined;
  return fromRelation(
    renamed(
      { alias: join.alias.aliasname, columns: joined.open.length > 0 ? undefined : joined.visible },
      nameParts(join.alias.colnames),
    ),
  );
}

function namesInBoth(left: FromShape, right: FromShape): string[] {
  const names = new Set(right.visible.map((column) => column.name));
  return left.visible.map((column) => column.name).filter((name) => names.has(name));
}

/** USING: each joined column stands once, first, and is that of the left side (of both in a full join). */
function mergeColumns(
  left: FromShape,
  right: FromShape,
  using: readonly string[],
  join: JoinExpr,
  inference: Inference,
): FromShape {
  const find = (side: FromShape, name: string): ScopeColumn | undefined => {
    const found = side.visible.find((column) => column.name === name);
    if (!found && side.open.length === 0) {
      const at = join.rarg && 'RangeVar' in join.rarg ? join.rarg.RangeVar.location : undefined;
      report(
        inference,
        'E1405',
        at,
        `\`using (${name})\`: one side of the join has no column \`${name}\``,
        suggestNames(
          name,
          side.visible.map((c) => c.name),
        ),
      );
    }
    return found;
  };
  const merged = using.map((name): ScopeColumn => {
    const [a, b] = [find(left, name), find(right, name)];
    inference.filters.push(...composeSources([...(a?.sources ?? []), ...(b?.sources ?? [])], 'filtered'));
    const both = join.jointype === 'JOIN_FULL';
    const kept = join.jointype === 'JOIN_RIGHT' ? (b ?? a) : (a ?? b);
    const sources = both
      ? composeSources([...(a?.sources ?? []), ...(b?.sources ?? [])], 'changed')
      : (kept?.sources ?? []);
    return { name, type: commonType([a?.type, b?.type]), sources: both ? uniqueSources(sources) : sources };
  });
  const rest = [...left.visible, ...right.visible].filter((column) => !using.includes(column.name));
  return {
    relations: [...left.relations, ...right.relations],
    visible: [...merged, ...rest],
    open: [...left.open, ...right.open],
  };
}
