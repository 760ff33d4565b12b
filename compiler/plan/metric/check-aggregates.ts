import type { PlainMetric } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { type FuncCall, functionName, type Node } from '../../expression/ast.ts';
import type { ParsedExpression } from '../../expression/contract.ts';
import { walkAst } from '../../expression/walk-ast.ts';
import type { Formula } from './formula.ts';

/** What PostgreSQL's grammar lets through and a metric does not: windows of SQL, subqueries, `count()`, a share of 95. */
export function checkAggregates(
  { is }: PlainMetric,
  formula: Formula,
  parsed: ParsedExpression,
  diagnostics: Diagnostic[],
): void {
  const wrong = (message: string, hint: string) =>
    diagnostics.push(diagnostic('E1605', message, { span: is.span, hints: [hint] }));
  const windowed = windowedCall(parsed.ast as Node);
  if (windowed !== undefined)
    wrong(
      `\`${windowed} … over\` is a window over rows, and a metric is one value per group`,
      'periods that reach back are said by `window: 7 days`, `to_date: month` or `compare`',
    );
  refuseSubqueries(parsed, diagnostics);
  for (const { name, call } of formula.aggregates) {
    if (name === 'count' && !call.agg_star && (call.args ?? []).length === 0)
      wrong('`count()` counts nothing', '`count(*)` counts rows, `count(x)` rows with a value');
    const share = name.startsWith('percentile') ? numberOf(call.args?.[1]) : undefined;
    if (share !== undefined && (share < 0 || share > 1))
      wrong(
        `\`${name}\` takes a share from 0 to 1, found \`${share}\``,
        share <= 100 ? `for example \`${name}(x, ${share / 100})\`` : `for example \`${name}(x, 0.95)\``,
      );
  }
}

/** Rows are those of one model, with what its relations lead to: another table would be read without being counted among what the metric reads. */
export function refuseSubqueries({ tables }: ParsedExpression, diagnostics: Diagnostic[]): void {
  const [table] = tables;
  if (!table) return;
  diagnostics.push(
    diagnostic('E1408', `a subquery: \`${table.model}\` is read beside the model`, {
      span: table.span,
      hints: [
        'a relation leads to columns of another model, `exclude` leaves entities out; anything else is a column of a model of its own',
      ],
    }),
  );
}

function windowedCall(root: Node): string | undefined {
  let found: FuncCall | undefined;
  walkAst(root, (node) => {
    if ('FuncCall' in node && node.FuncCall.over) found ??= node.FuncCall;
    return found === undefined;
  });
  return found && functionName(found);
}

function numberOf(node: Node | undefined): number | undefined {
  if (!node || !('A_Const' in node)) return undefined;
  const { ival, fval } = node.A_Const;
  if (fval?.fval !== undefined) return Number(fval.fval);
  return ival ? (ival.ival ?? 0) : undefined;
}
