import type { Node } from '../expression/ast.ts';
import { constantInteger, constantText, fragment } from './fragment.ts';
import type { CallRewrite } from './rewrite.ts';
import { argumentsOf, isText, withArguments } from './rewrite.ts';

/** PostgreSQL computes averages of integers and decimals as numeric, DuckDB as double: the result is a double on both. */
const doubleResult: CallRewrite = (node) => fragment('x::double precision', { x: node });

/** For numerics PostgreSQL has its own, slower functions with other digits. */
const doubleArguments: CallRewrite = (node) =>
  withArguments(
    node,
    argumentsOf(node.FuncCall).map((x) => fragment('x::double precision', { x })),
  );

/** sum(bigint) is numeric here and HUGEINT there; the language has one integer. */
const sum: CallRewrite = (node, original, typeOf) =>
  typeOf(original.FuncCall.args?.[0])?.name === 'integer' ? fragment('x::bigint', { x: node }) : node;

/** Texts are ordered by their bytes, as DuckDB orders them, whatever the database's locale is. */
const byBytes: CallRewrite = (node, original, typeOf) =>
  isText(typeOf(original.FuncCall.args?.[0]))
    ? withArguments(
        node,
        argumentsOf(node.FuncCall).map((x) => fragment('x COLLATE "C"', { x })),
      )
    : node;

/** With DISTINCT, what is ordered by must be the argument itself, its collation included. */
const distinctByBytes: CallRewrite = (node, original, typeOf) => {
  const [x, ...rest] = argumentsOf(node.FuncCall);
  const applies = node.FuncCall.agg_distinct && node.FuncCall.agg_order && isText(typeOf(original.FuncCall.args?.[0]));
  return applies && x ? withArguments(node, [fragment('x COLLATE "C"', { x }), ...rest]) : node;
};

/** Under the locale C, lower and upper know ASCII alone; DuckDB knows all of Unicode. */
const unicode: CallRewrite = (node) =>
  fragment('x COLLATE "C"', {
    x: withArguments(
      node,
      argumentsOf(node.FuncCall).map((x) => fragment('x COLLATE "und-x-icu"', { x })),
    ),
  });

/** Half away from zero, as for numerics and in DuckDB; PostgreSQL rounds a double's half to even, and has no round(double, n). */
const round: CallRewrite = (node, original, typeOf) => {
  const [x, ...rest] = argumentsOf(node.FuncCall);
  const type = typeOf(original.FuncCall.args?.[0]);
  if (type?.name === 'integer') return fragment('x::bigint', { x: node });
  if (!x || type?.name !== 'double') return node;
  return fragment('f::double precision', { f: withArguments(node, [fragment('x::numeric', { x }), ...rest]) });
};

/** The parts of a date are whole numbers; only seconds and epochs have fractions. PostgreSQL gives a numeric for all. */
const extract: CallRewrite = (node) => {
  const field = constantText(argumentsOf(node.FuncCall)[0])?.toLowerCase() ?? '';
  return fragment(/^(epoch|second)/.test(field) ? 'x::double precision' : 'x::bigint', { x: node });
};

function orderedSet(name: 'percentile_cont' | 'percentile_disc'): CallRewrite {
  return (node) => {
    const [value, share = { A_Const: { fval: { fval: '0.5' } } }] = argumentsOf(node.FuncCall);
    if (!value || node.FuncCall.agg_within_group) return node;
    const item: Node = { SortBy: { node: value, sortby_dir: 'SORTBY_DEFAULT', sortby_nulls: 'SORTBY_NULLS_DEFAULT' } };
    return {
      FuncCall: {
        ...node.FuncCall,
        funcname: [{ String: { sval: name } }],
        args: [share],
        agg_order: [item],
        agg_within_group: true,
      },
    };
  };
}

/** concat(true) is `t` here and `true` everywhere else. */
const concat: CallRewrite = (node, original, typeOf) =>
  withArguments(
    node,
    argumentsOf(node.FuncCall).map((x, i) =>
      typeOf(original.FuncCall.args?.[i])?.name === 'boolean' ? fragment('x::text', { x }) : x,
    ),
  );

/** Whole numbers of the language are bigint; these take int4 alone, at the places named. */
function intArguments(...places: readonly number[]): CallRewrite {
  return (node) =>
    withArguments(
      node,
      argumentsOf(node.FuncCall).map((x, i) =>
        places.includes(i) && constantInteger(x) === undefined ? fragment('x::int', { x }) : x,
      ),
    );
}

const makeInterval: CallRewrite = (node) =>
  withArguments(
    node,
    argumentsOf(node.FuncCall).map((x) => {
      if (!('NamedArgExpr' in x) || !x.NamedArgExpr.arg || x.NamedArgExpr.name === 'secs') return x;
      return { NamedArgExpr: { ...x.NamedArgExpr, arg: fragment('x::int', { x: x.NamedArgExpr.arg }) } };
    }),
  );

/** Of an integer these give a double or a numeric here. */
const wholeNumber: CallRewrite = (node, original, typeOf) =>
  typeOf(original.FuncCall.args?.[0])?.name === 'integer' ? fragment('x::bigint', { x: node }) : node;

const each = (rewrite: CallRewrite, names: string): [string, CallRewrite][] =>
  names.split(' ').map((name) => [name, rewrite]);

/** What PostgreSQL itself must write otherwise, so that both engines give one result. */
export const postgresCalls: ReadonlyMap<string, CallRewrite> = new Map([
  ...each(doubleResult, 'avg stddev stddev_samp stddev_pop variance var_samp var_pop'),
  ...each(doubleArguments, 'sqrt cbrt exp ln log10 power pow sin cos tan asin acos atan atan2 degrees radians'),
  ...each(sum, 'sum'),
  ...each(byBytes, 'min max'),
  ...each(unicode, 'lower upper'),
  ...each(round, 'round trunc'),
  ...each(wholeNumber, 'ceil ceiling floor'),
  ...each(intArguments(1, 2), 'substring substr'),
  ...each(intArguments(1), 'left right lpad rpad repeat'),
  ...each(intArguments(2), 'split_part'),
  ...each(intArguments(0), 'chr'),
  ...each(intArguments(0, 1, 2), 'make_date'),
  ...each(makeInterval, 'make_interval'),
  ...each(distinctByBytes, 'string_agg array_agg'),
  ...each(extract, 'extract date_part'),
  ...each(orderedSet('percentile_cont'), 'median percentile'),
  ...each(orderedSet('percentile_disc'), 'percentile_disc'),
  ...each(concat, 'concat concat_ws'),
  ...each((node) => fragment('x::bigint', { x: node }), 'sign'),
  [
    'mod',
    (node) => {
      const [a, b] = argumentsOf(node.FuncCall);
      return fragment('a % nullif(b, 0)', { a: a!, b: b! });
    },
  ],
  ['log', (node) => logarithm(node)],
  [
    'etalon_hash',
    // HMAC: the outer pad and the digest of the inner pad and the text, digested.
    (node) => {
      const [x] = argumentsOf(node.FuncCall);
      const inner = "sha256(decode($1, 'hex') || convert_to(x, 'UTF8'))";
      return fragment(`encode(sha256(decode($2, 'hex') || ${inner}), 'hex')`, { x: x! });
    },
  ],
]);

/** log(b, x) is for numerics alone here; two natural logarithms are the same on both engines. */
export function logarithm(node: Extract<Node, { FuncCall: unknown }>): Node {
  const [a, b] = argumentsOf(node.FuncCall);
  return b
    ? fragment('ln(b::double precision) / ln(a::double precision)', { a: a!, b })
    : fragment('log(a::double precision)', { a: a! });
}
