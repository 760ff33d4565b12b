import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Node } from './ast.ts';
import { typeName } from './ast.ts';
import type { Inference } from './inference.ts';
import { report } from './inference.ts';
import type { SqlType } from './sql-type.ts';
import { spanInText, tokenEnd } from './text-position.ts';

/** Casts whose result is not the same on every engine, as far as the types are known. */
export function checkCast(
  node: Extract<Node, { TypeCast: unknown }>,
  from: SqlType | undefined,
  inference: Inference,
): void {
  const { typeName: to, location } = node.TypeCast;
  const name = typeName(to);
  if (to?.arrayBounds) return;
  if (name === 'text' || name === 'varchar') checkText(from, location, inference);
  const exact =
    from?.name === 'integer' || from?.name === 'literal' || (from?.name === 'decimal' && from.scale !== undefined);
  if (name !== 'numeric' || to?.typmods || exact) return;
  const start = location ?? 0;
  const span = spanInText(inference.text, start, tokenEnd(inference.text.text, start));
  const hints = ['`numeric(18, 2)` says how many'];
  inference.diagnostics.push(
    diagnostic('E1408', '`numeric` without digits keeps ten decimals on DuckDB', { span, hints, severity: 'warning' }),
  );
}

/** Engines agree on the texts of integers, decimals, booleans, dates and instants; on no others. */
export function checkText(type: SqlType | undefined, at: number | undefined, inference: Inference): void {
  const quotient = type?.name === 'decimal' && type.scale === undefined;
  if (!type || !(quotient || /^(double|interval|json|array|row)$/.test(type.name))) return;
  const what = quotient ? 'decimal of unknown scale' : type.name;
  const hints = quotient || type.name === 'double' ? ['`::numeric(18, 2)::text` says how many digits'] : [];
  report(inference, 'E1408', at, `the text of a ${what} is not the same on every engine`, hints);
}
