import type { FuncCall } from './ast.ts';
import { functionName } from './ast.ts';
import { checkText } from './check-cast.ts';
import type { ColumnSource } from './contract.ts';
import { aggregateNames, type FunctionFacts, functionTable, valueAggregates } from './function-table.ts';
import { inferCondition } from './infer-condition.ts';
import type { Inference, Inferred } from './inference.ts';
import { report } from './inference.ts';
import type { Scope } from './scope.ts';
import { aggregateSources, composeSources } from './scope.ts';
import type { SqlType } from './sql-type.ts';
import { describeType, typeClass } from './sql-type.ts';

export function inferCall(call: FuncCall, scope: Scope, inference: Inference): Inferred {
  const name = functionName(call);
  const args = (call.args ?? []).map((arg) => inference.inferNode(arg, scope));
  const order = (call.agg_order ?? []).map((item) =>
    inference.inferNode('SortBy' in item ? item.SortBy.node : item, scope),
  );
  const filter = inferCondition(call.agg_filter, scope, inference);
  const window = call.over ? inferWindow(call.over, scope, inference) : [];
  const values = call.agg_within_group ? order : args;
  const rest = call.agg_within_group ? args : order;
  const read = values.flatMap((part) => part.sources);
  const sources = [
    ...(aggregateNames.has(name) ? aggregateSources(read, valueAggregates.has(name)) : composeSources(read, 'changed')),
    ...composeSources(
      [...rest, filter].flatMap((part) => part.sources),
      'filtered',
    ),
    ...composeSources(window, 'filtered'),
  ];
  return {
    type: typeOfCall(
      call,
      name,
      values.map((part) => part.type),
      inference,
    ),
    sources,
  };
}

/** What a window is cut and ordered by. */
export function inferWindow(over: NonNullable<FuncCall['over']>, scope: Scope, inference: Inference): ColumnSource[] {
  const order = (over.orderClause ?? []).map((item) => ('SortBy' in item ? item.SortBy.node : item));
  const bounds = [over.startOffset, over.endOffset].filter((node) => node !== undefined);
  const parts = [...(over.partitionClause ?? []), ...order, ...bounds].map((node) => inference.inferNode(node, scope));
  return parts.flatMap((part) => [...part.sources]);
}

function typeOfCall(
  call: FuncCall,
  name: string,
  types: readonly (SqlType | undefined)[],
  inference: Inference,
): SqlType | undefined {
  const facts = functionTable.get(name);
  if (!facts) return undefined;
  if (facts.takes) {
    const found = typeClass(types[0]);
    const fits = found === undefined || facts.takes.includes(found);
    if (!fits)
      report(
        inference,
        'E1407',
        call.location,
        `\`${name}\` does not take ${describeType(types[0]!)}`,
        hintsForArgument(facts),
      );
  }
  if (name === 'concat' || name === 'concat_ws') for (const type of types) checkText(type, call.location, inference);
  if (typeof facts.returns === 'string') return { name: facts.returns };
  if (name === 'percentile_disc') return types[0];
  if (name === 'extract' || name === 'date_part') return extractedType(call);
  return facts.returns(types);
}

/** Seconds and epochs have fractions, all other parts of a date are whole. */
function extractedType(call: FuncCall): SqlType | undefined {
  const part = call.args?.[0];
  const word = part && 'A_Const' in part ? part.A_Const.sval?.sval?.toLowerCase() : undefined;
  if (word === undefined) return undefined;
  return { name: /^(epoch|seconds?|julian)$/.test(word) ? 'double' : 'integer' };
}

function hintsForArgument({ kind, takes }: FunctionFacts): string[] {
  if (takes?.includes('text')) return ['`::text` makes text of it'];
  if (kind === 'aggregate' && takes?.includes('number')) return ['`count(distinct x)` counts values of any type'];
  return ['a cast says what is meant: `::bigint`, `::date`, `::timestamptz`'];
}
