import type { Node, TypeName } from '../expression/ast.ts';
import { nameParts } from '../expression/ast.ts';
import { parseFragment } from '../expression/parse-fragment.ts';
import { mapAst } from '../expression/walk-ast.ts';

const parsed = new Map<string, Node>();

/**
 * A tree written as SQL with holes: each name among `parts` is replaced by its tree. The texts are this room's own and few, so that their trees are kept.
 *
 * @example
 * fragment('regexp_matches(a, b)', { a, b })
 */
export function fragment(sql: string, parts: Readonly<Record<string, Node>>): Node {
  let tree = parsed.get(sql);
  if (!tree) {
    tree = parseFragment(sql);
    parsed.set(sql, tree);
  }
  return mapAst(tree, (node) => {
    if (!('ColumnRef' in node)) return node;
    const [name, ...rest] = nameParts(node.ColumnRef.fields);
    return rest.length === 0 && name !== undefined ? (parts[name] ?? node) : node;
  });
}

export function textConstant(value: string): Node {
  return { A_Const: { sval: { sval: value } } };
}

/** The text of a quoted constant; undefined for anything else. */
export function constantText(node: Node | undefined): string | undefined {
  return node && 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}

/** The value of an integer constant; undefined for anything else. */
export function constantInteger(node: Node | undefined): number | undefined {
  return node && 'A_Const' in node && node.A_Const.ival ? (node.A_Const.ival.ival ?? 0) : undefined;
}

export function castTo(arg: Node, typeName: TypeName): Node {
  return { TypeCast: { arg, typeName } };
}

export function collate(arg: Node, collation: string): Node {
  return { CollateClause: { arg, collname: [{ String: { sval: collation } }] } };
}

export function decimalName(precision: number, scale: number): TypeName {
  const typmods = [precision, scale].map((n): Node => ({ A_Const: { ival: n === 0 ? {} : { ival: n } } }));
  return { names: [{ String: { sval: 'numeric' } }], typemod: -1, typmods };
}
