import type { Node } from '../expression/ast.ts';
import { functionName, nameParts } from '../expression/ast.ts';
import { fragment } from './fragment.ts';
import type { TypeOf } from './rewrite.ts';

type RangeFunctionNode = Extract<Node, { RangeFunction: unknown }>;

/** Each set-returning function as the list that DuckDB has for it, and the name of its column where it has one of its own. */
const lists: Readonly<Record<string, { readonly list: string; readonly column?: string }>> = {
  generate_series: { list: 'generate_series(a, b)' },
  unnest: { list: 'a' },
  jsonb_array_elements: { list: "json_extract(a, '$[*]')", column: 'value' },
  json_array_elements: { list: "json_extract(a, '$[*]')", column: 'value' },
  jsonb_array_elements_text: { list: "json_extract_string(a, '$[*]')", column: 'value' },
  json_array_elements_text: { list: "json_extract_string(a, '$[*]')", column: 'value' },
  jsonb_object_keys: { list: 'json_keys(a)' },
  json_object_keys: { list: 'json_keys(a)' },
};

/**
 * `from generate_series(1, 3) as n` as a subquery over `unnest`: DuckDB's table functions name their columns otherwise, know no WITH ORDINALITY, and give times without
 * a zone for a series of dates.
 */
export function rewriteTableFunction(node: RangeFunctionNode, original: RangeFunctionNode, typeOf: TypeOf): Node {
  const call = callOf(node);
  const before = callOf(original);
  const form = call && lists[functionName(call.FuncCall)];
  if (!call || !before || !form) return node;
  const [a, b, c] = call.FuncCall.args ?? [];
  const list = fragment(c ? 'generate_series(a, b, c)' : form.list, {
    a: a!,
    ...(b ? { b } : {}),
    ...(c ? { c } : {}),
  });
  const alias = node.RangeFunction.alias?.aliasname ?? functionName(call.FuncCall);
  const [named, ordinal] = nameParts(node.RangeFunction.alias?.colnames);
  const ofDates = typeOf(before.FuncCall.args?.[0])?.name === 'date';
  const targets = [
    target(fragment(ofDates ? 'unnest(l)::timestamptz' : 'unnest(l)', { l: list }), named ?? form.column ?? alias),
  ];
  if (node.RangeFunction.ordinality)
    targets.push(target(fragment('generate_subscripts(l, 1)', { l: list }), ordinal ?? 'ordinality'));
  const subquery: Node = { SelectStmt: { targetList: targets, limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' } };
  // In FROM a function sees the tables before it, with LATERAL or without.
  return { RangeSubselect: { lateral: true, subquery, alias: { aliasname: alias } } };
}

function callOf(node: RangeFunctionNode): Extract<Node, { FuncCall: unknown }> | undefined {
  const [only] = node.RangeFunction.functions ?? [];
  const call = only && 'List' in only ? only.List.items?.[0] : undefined;
  return call && 'FuncCall' in call ? call : undefined;
}

function target(val: Node, name: string): Node {
  return { ResTarget: { name, val } };
}
