import type { Node, TypeName } from '../expression/ast.ts';
import { typeName } from '../expression/ast.ts';
import { normaliseInstant } from '../expression/instant-text.ts';
import type { SqlType } from '../expression/sql-type.ts';
import { castTo, constantText, decimalName, fragment, textConstant } from './fragment.ts';
import type { TypeOf } from './rewrite.ts';

type CastNode = Extract<Node, { TypeCast: unknown }>;

/** A double as the decimal that its shortest text says: where PostgreSQL has a numeric, DuckDB's quotient is a double. */
export function exactDecimal(x: Node): Node {
  return fragment('x::text::numeric(38, 16)', { x });
}

export function rewriteCast(node: CastNode, original: CastNode, typeOf: TypeOf): Node {
  const { arg, typeName: to } = node.TypeCast;
  const from = typeOf(original.TypeCast.arg);
  if (!arg || !to || to.arrayBounds) return node;
  switch (typeName(to)) {
    case 'numeric':
      return toDecimal(arg, from, to);
    case 'int2':
    case 'int4':
    case 'int8':
      // Half away from zero, as of a numeric; a double's half goes to even.
      return isQuotient(from) ? castTo(fragment('round(x)', { x: arg }), to) : node;
    case 'timestamptz':
    case 'timestamp':
      return toInstant(arg, from, to);
    case 'json':
    case 'jsonb':
      return castTo(arg, { ...to, names: [{ String: { sval: 'json' } }] });
    default:
      return node;
  }
}

/** A decimal whose digits are not known is a numeric in PostgreSQL, and a double here. */
function isQuotient(type: SqlType | undefined): boolean {
  return type?.name === 'decimal' && type.scale === undefined;
}

/** A bare `numeric` would be DECIMAL(18,3) here and cut digits off. */
function toDecimal(arg: Node, from: SqlType | undefined, to: TypeName): Node {
  if (from?.name === 'decimal' && from.scale !== undefined && !to.typmods) return arg;
  const target = to.typmods ? to : from?.name === 'integer' ? decimalName(38, 0) : decimalName(38, 10);
  return from?.name === 'double' || isQuotient(from)
    ? castTo(fragment('x::text', { x: arg }), target)
    : castTo(arg, target);
}

/** DuckDB wants seconds, and no T where they are wanting: `2025-01-01T10:00Z`. */
function toInstant(arg: Node, from: SqlType | undefined, to: TypeName): Node {
  const literal = constantText(arg);
  if (literal !== undefined) return castTo(textConstant(normaliseInstant(literal) ?? literal), to);
  if (from?.name !== 'text') return castTo(arg, to);
  const pattern = textConstant(String.raw`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(Z|[+-][\d:]+)?$`);
  return castTo(
    fragment('regexp_replace(x, p, r)', { x: arg, p: pattern, r: textConstant(String.raw`\1 \2:00\3`) }),
    to,
  );
}
