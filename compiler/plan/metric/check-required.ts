import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { type Node, nameParts } from '../../expression/ast.ts';
import type { CatalogMetric } from '../catalog.ts';

/** What a metric requires is cut by, or held still: `currency = 'EUR'`. */
export function checkRequired(
  metric: CatalogMetric,
  dimensions: readonly string[],
  predicate: Node | undefined,
  diagnostics: Diagnostic[],
): void {
  for (const name of metric.requires ?? []) {
    if (dimensions.includes(name) || (predicate && heldStill(predicate).includes(name))) continue;
    diagnostics.push(
      diagnostic('E1601', `metric \`${metric.name}\` has no meaning over different \`${name}\``, {
        hints: [`cut it by \`${name}\`, or choose one: \`where ${name} = …\``],
      }),
    );
  }
}

/** Columns that a predicate sets equal to one constant, in every row. */
function heldStill(node: Node): string[] {
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') return (node.BoolExpr.args ?? []).flatMap(heldStill);
  if (!('A_Expr' in node)) return [];
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  const isSame =
    kind === 'AEXPR_NOT_DISTINCT' || (/^AEXPR_(OP|IN)$/.test(kind ?? '') && nameParts(name).join('') === '=');
  if (!isSame) return [];
  // `in ('EUR')` is one constant, too.
  const list = rexpr && 'List' in rexpr ? (rexpr.List.items ?? []) : [rexpr];
  const sides = [lexpr, ...(list.length === 1 ? list : [])];
  const column = sides.find((side) => side && 'ColumnRef' in side);
  const constant = sides.some((side) => side && 'A_Const' in side);
  return column && 'ColumnRef' in column && constant ? [nameParts(column.ColumnRef.fields).join('.')] : [];
}
