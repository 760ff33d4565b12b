import type { Node } from '../expression/ast.ts';
import { functionName, nameParts } from '../expression/ast.ts';
import { normaliseInstant } from '../expression/instant-text.ts';
import type { SqlType } from '../expression/sql-type.ts';
import { typeClass } from '../expression/sql-type.ts';
import { duckdbCalls } from './duckdb-calls.ts';
import { rewriteCast } from './duckdb-cast.ts';
import { rewriteQuery } from './duckdb-query.ts';
import { rewriteTableFunction } from './duckdb-table-function.ts';
import { castTo, constantInteger, constantText, decimalName, fragment, textConstant } from './fragment.ts';
import { jsonPath, pathSteps } from './json-path.ts';
import type { TypeOf } from './rewrite.ts';
import { withDays } from './with-days.ts';

/** One node of a canonical tree as DuckDB shall read it. */
export function rewriteForDuckdb(node: Node, original: Node, typeOf: TypeOf): Node {
  if ('FuncCall' in node && 'FuncCall' in original)
    return duckdbCalls.get(functionName(node.FuncCall))?.(node, original, typeOf) ?? node;
  if ('A_Expr' in node && 'A_Expr' in original) return rewriteOperator(node, original, typeOf);
  if ('TypeCast' in node && 'TypeCast' in original) return rewriteCast(node, original, typeOf);
  if ('SortBy' in node) return writeNullsOut(node);
  if ('SelectStmt' in node) return { SelectStmt: rewriteQuery(node.SelectStmt) };
  if ('RangeFunction' in node && 'RangeFunction' in original) return rewriteTableFunction(node, original, typeOf);
  // Texts are ordered by their bytes here, which is what the collation C asks for.
  if ('CollateClause' in node && nameParts(node.CollateClause.collname).join('.') === 'C')
    return node.CollateClause.arg ?? node;
  return node;
}

/** PostgreSQL holds nulls for the greatest; what DuckDB does is a setting. */
function writeNullsOut(node: Extract<Node, { SortBy: unknown }>): Node {
  const { sortby_nulls: nulls, sortby_dir: direction } = node.SortBy;
  if (nulls !== undefined && nulls !== 'SORTBY_NULLS_DEFAULT') return node;
  return {
    SortBy: { ...node.SortBy, sortby_nulls: direction === 'SORTBY_DESC' ? 'SORTBY_NULLS_FIRST' : 'SORTBY_NULLS_LAST' },
  };
}

type OperatorNode = Extract<Node, { A_Expr: unknown }>;

function rewriteOperator(written: OperatorNode, original: OperatorNode, typeOf: TypeOf): Node {
  const node = withInstants(written, original, typeOf);
  const { lexpr: a, rexpr: b, kind } = node.A_Expr;
  if (!a || !b) return node;
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') return withEscape(node, b);
  if (kind !== 'AEXPR_OP') return node;
  const types = [typeOf(original.A_Expr.lexpr), typeOf(original.A_Expr.rexpr)];
  switch (nameParts(node.A_Expr.name).join('')) {
    case '/':
      return fragment(quotient(types), { a, b });
    case '+':
      return withDays(node, types);
    case '-':
      return types.every((type) => type?.name === 'timestamp') && isShort(a) && isShort(b)
        ? fragment(elapsed, { a, b })
        : withDays(node, types);
    case '*':
      return wideProduct(node, types);
    case '||':
      // With a constant null DuckDB makes an INTEGER of the whole.
      return isNull(a) || isNull(b) ? fragment('x::text', { x: node }) : node;
    case '%':
      return fragment('a % nullif(b, 0)', { a, b });
    case '^':
      return fragment('power(a, b)', { a, b });
    // `~` matches the whole text here; a dot does not match a line's end unless told so by `s`.
    case '~':
      return fragment("regexp_matches(a, b, 's')", { a, b });
    case '~*':
      return fragment("regexp_matches(a, b, 'si')", { a, b });
    case '!~':
      return fragment("NOT regexp_matches(a, b, 's')", { a, b });
    case '!~*':
      return fragment("NOT regexp_matches(a, b, 'si')", { a, b });
    // The arrows bind more loosely than a comparison here.
    case '->':
      return fragment('json_extract(a, p)', { a, p: jsonStep(b) });
    case '->>':
      return fragment('json_extract_string(a, p)', { a, p: jsonStep(b) });
    case '#>':
      return fragment('json_extract(a, p)', {
        a,
        p: jsonPath(pathSteps(constantText(b)) ?? [undefined], node.A_Expr.location),
      });
    case '#>>':
      return fragment('json_extract_string(a, p)', {
        a,
        p: jsonPath(pathSteps(constantText(b)) ?? [undefined], node.A_Expr.location),
      });
    default:
      return node;
  }
}

/**
 * DuckDB divides decimals as doubles, so that 3.30 / 3 is less than 1.1. As whole numbers of their least unit both sides are exact, and the quotient is the double next to the true one: one
 * that compares and rounds as PostgreSQL's decimal does.
 */
function quotient(types: readonly (SqlType | undefined)[]): string {
  const scales = types.map((type) =>
    type?.name === 'integer' ? 0 : type?.name === 'decimal' ? type.scale : undefined,
  );
  const scale = scales.includes(undefined) ? 0 : Math.max(...(scales as number[]));
  // A double has sixteen digits: with more behind the point there are no whole numbers left.
  if (scale === 0 || scale > 12) return 'a / nullif(b, 0)';
  return `round(a::double precision * 1e${scale}) / nullif(round(b::double precision * 1e${scale}), 0)`;
}

/** Between two instants DuckDB asks a calendar, at 16 µs a row; their microseconds as times without a zone have the same difference, a hundred times sooner. */
const elapsed =
  'CASE WHEN isfinite(a) AND isfinite(b) THEN make_timestamp(epoch_us(a)) - make_timestamp(epoch_us(b)) ELSE a - b END';

/** Does it cost nothing to be read twice? */
function isShort(node: Node): boolean {
  if ('TypeCast' in node) return node.TypeCast.arg !== undefined && 'A_Const' in node.TypeCast.arg;
  return 'ColumnRef' in node;
}

/** DuckDB keeps the product of two decimals of up to 18 digits within 18 digits, and fails where it does not fit. */
function wideProduct(node: OperatorNode, types: readonly (SqlType | undefined)[]): Node {
  const [left, right] = types;
  if (
    left?.name !== 'decimal' ||
    right?.name !== 'decimal' ||
    left.scale === undefined ||
    (left.precision ?? 0) + (right.precision ?? 0) <= 18
  )
    return node;
  return { A_Expr: { ...node.A_Expr, lexpr: castTo(node.A_Expr.lexpr!, decimalName(38, left.scale)) } };
}

function isNull(node: Node): boolean {
  return 'A_Const' in node && node.A_Const.isnull === true;
}

function jsonStep(step: Node): Node {
  const index = constantInteger(step);
  if (index !== undefined) return textConstant(index < 0 ? `$[#${index}]` : `$[${index}]`);
  const key = constantText(step);
  // A key of digits is a key after an arrow, an index in a path.
  return key === undefined || /["\\]/.test(key) ? step : textConstant(`$."${key}"`);
}

/** A backslash escapes in PostgreSQL's patterns; here only what ESCAPE names does. */
function withEscape(node: OperatorNode, pattern: Node): Node {
  if ('FuncCall' in pattern && functionName(pattern.FuncCall) === 'like_escape') return node;
  const literal = constantText(pattern);
  if (literal !== undefined && !literal.includes('\\')) return node;
  const escaped: Node = {
    FuncCall: { funcname: [{ String: { sval: 'like_escape' } }], args: [pattern, textConstant('\\')] },
  };
  return { A_Expr: { ...node.A_Expr, rexpr: escaped } };
}

/** A quoted constant beside a time is an instant: in the spelling that DuckDB reads. */
function withInstants(node: OperatorNode, original: OperatorNode, typeOf: TypeOf): OperatorNode {
  const { lexpr, rexpr } = original.A_Expr;
  const sides = [lexpr, ...(rexpr && 'List' in rexpr ? (rexpr.List.items ?? []) : [rexpr])];
  if (!sides.some((side) => typeClass(typeOf(side)) === 'time')) return node;
  const spelled = (side: Node): Node => {
    const literal = constantText(side);
    if ('List' in side) return { List: { items: (side.List.items ?? []).map(spelled) } };
    return literal === undefined ? side : textConstant(normaliseInstant(literal) ?? literal);
  };
  const { lexpr: a, rexpr: b } = node.A_Expr;
  return { A_Expr: { ...node.A_Expr, ...(a ? { lexpr: spelled(a) } : {}), ...(b ? { rexpr: spelled(b) } : {}) } };
}
