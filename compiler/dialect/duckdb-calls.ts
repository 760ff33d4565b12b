import { timestampFormat } from '../expression/timestamp-format.ts';
import { UnsupportedSqlError } from '../expression/writer.ts';
import { exactDecimal } from './duckdb-cast.ts';
import { constantInteger, constantText, fragment, textConstant } from './fragment.ts';
import { jsonPath } from './json-path.ts';
import { logarithm } from './postgres-calls.ts';
import type { CallRewrite } from './rewrite.ts';
import { argumentsOf, asFunction, withArguments } from './rewrite.ts';

/** A call as SQL with holes `a b c` for its arguments; where it has fewer, the shorter form. */
function form(...forms: readonly string[]): CallRewrite {
  return (node) => {
    const [a, b, c] = argumentsOf(node.FuncCall);
    const sql = forms[Math.min(argumentsOf(node.FuncCall).length, forms.length) - 1] ?? forms[0]!;
    return fragment(sql, { ...(a ? { a } : {}), ...(b ? { b } : {}), ...(c ? { c } : {}) });
  };
}

/** A sum of integers is a HUGEINT here, and what is rounded up or down a DOUBLE. */
const wholeNumber: CallRewrite = (node, original, typeOf) =>
  typeOf(original.FuncCall.args?.[0])?.name === 'integer' ? fragment('x::bigint', { x: node }) : node;

/** Over a DECIMAL these cut their result to the column's scale. */
const overDouble: CallRewrite = (node) =>
  withArguments(
    node,
    argumentsOf(node.FuncCall).map((x, i) => (i === 0 ? fragment('x::double precision', { x }) : x)),
  );

const percentileCont: CallRewrite = (node) => ({
  FuncCall: {
    ...node.FuncCall,
    agg_order: (node.FuncCall.agg_order ?? []).map((item) =>
      'SortBy' in item && item.SortBy.node
        ? { SortBy: { ...item.SortBy, node: fragment('x::double precision', { x: item.SortBy.node }) } }
        : item,
    ),
  },
});

function quantile(name: string, double: boolean): CallRewrite {
  return (node) => {
    const [x, share = { A_Const: { fval: { fval: '0.5' } } }] = argumentsOf(node.FuncCall);
    if (!x || node.FuncCall.agg_within_group) return node;
    const value = double ? fragment('x::double precision', { x }) : x;
    return { FuncCall: { ...node.FuncCall, funcname: [{ String: { sval: name } }], args: [value, share] } };
  };
}

/** A quotient is a double here, whose last bit can sit on the wrong side of a half: 2.01 / 2 is 1.005, and must round to 1.01. */
const rounding: CallRewrite = (node, original, typeOf) => {
  const [x, ...rest] = argumentsOf(node.FuncCall);
  const type = typeOf(original.FuncCall.args?.[0]);
  if (!x || type?.name === 'integer' || (type?.name === 'decimal' && type.scale !== undefined)) return node;
  const rounded = withArguments(node, [exactDecimal(x), ...rest]);
  return type?.name === 'double' ? fragment('x::double precision', { x: rounded }) : rounded;
};

/** PostgreSQL counts from 1 and lets a start before it eat from the length; DuckDB counts a negative start from the end. */
const substring: CallRewrite = (node) => {
  const [text, start, length] = argumentsOf(node.FuncCall);
  if (constantText(start) !== undefined)
    throw new UnsupportedSqlError('`substring` by a pattern', node.FuncCall.location);
  const parts = { s: text!, a: start!, ...(length ? { n: length } : {}) };
  if ((constantInteger(start) ?? 0) >= 1) return fragment(length ? 'substring(s, a, n)' : 'substring(s, a)', parts);
  return fragment(
    length ? 'substring(s, greatest(a, 1), greatest(a + n, 1) - greatest(a, 1))' : 'substring(s, greatest(a, 1))',
    parts,
  );
};

/** Written `trim(…)`, which the grammar would read as btrim: so the tree is made by hand. */
const trim: CallRewrite = (node, original, typeOf) =>
  asFunction('trim')(
    {
      FuncCall: {
        ...node.FuncCall,
        args: [argumentsOf(node.FuncCall)[0]!, argumentsOf(node.FuncCall)[1] ?? textConstant(' ')],
      },
    },
    original,
    typeOf,
  );

/** A dot matches a line's end in PostgreSQL, which is RE2's flag `s`. */
const regexpReplace: CallRewrite = (node) => {
  const [text, pattern, by, flags] = argumentsOf(node.FuncCall);
  const given = flags === undefined ? '' : constantText(flags);
  if (given === undefined || /[^gi]/.test(given))
    throw new UnsupportedSqlError('`regexp_replace` with flags other than `g` and `i`', node.FuncCall.location);
  return withArguments(node, [text!, pattern!, by!, textConstant(`${given}s`)]);
};

const toChar: CallRewrite = (node) => {
  const [value, format] = argumentsOf(node.FuncCall);
  const translated = timestampFormat(constantText(format));
  if (translated === undefined) throw new UnsupportedSqlError('`to_char` with this format', node.FuncCall.location);
  return fragment('strftime(a, f)', { a: value!, f: textConstant(translated) });
};

/** For a date PostgreSQL gives an instant, DuckDB a time without a zone. With a zone, the periods are those of that zone. */
const dateTrunc: CallRewrite = (node, original, typeOf) => {
  const [unit, value, zone] = argumentsOf(node.FuncCall);
  const isDate = typeOf(original.FuncCall.args?.[1])?.name === 'date';
  if (zone)
    return fragment('date_trunc(u, v::timestamptz AT TIME ZONE z) AT TIME ZONE z', { u: unit!, v: value!, z: zone });
  return isDate ? fragment('x::timestamptz', { x: node }) : node;
};

/** Of an instant's column in UTC the microseconds are the time: a fifteenth of what a calendar costs, which is 450 ns a row. */
const inUtc = "CASE WHEN isfinite(v) THEN make_timestamp(epoch_us(v)) ELSE timezone('UTC', v) END";

const atTimeZone: CallRewrite = (node, original, typeOf) => {
  const [zone, value] = argumentsOf(node.FuncCall);
  const type = typeOf(original.FuncCall.args?.[1]);
  if (constantText(zone) === 'UTC' && type?.name === 'timestamp' && value && 'ColumnRef' in value)
    return fragment(inUtc, { v: value });
  return type?.name === 'date' || type?.name === 'literal'
    ? withArguments(node, [zone!, fragment('v::timestamptz', { v: value! })])
    : node;
};

/** Seconds come without their fraction here. */
const extract: CallRewrite = (node) => {
  const [field, value] = argumentsOf(node.FuncCall);
  return /^seconds?$/i.test(constantText(field) ?? '')
    ? fragment('extract(microseconds from v) / 1000000.0', { v: value! })
    : node;
};

const intervalUnits: Readonly<Record<string, string>> = {
  years: 'to_years(x::int)',
  months: 'to_months(x::int)',
  weeks: 'to_days((7 * x)::int)',
  days: 'to_days(x::int)',
  hours: 'to_hours(x::int)',
  mins: 'to_minutes(x::int)',
  secs: 'to_microseconds((x * 1000000)::bigint)',
};

const makeInterval: CallRewrite = (node) => {
  const parts = argumentsOf(node.FuncCall).map((arg, i) => {
    const name = 'NamedArgExpr' in arg ? (arg.NamedArgExpr.name ?? '') : (Object.keys(intervalUnits)[i] ?? '');
    const form = intervalUnits[name];
    if (!form) throw new UnsupportedSqlError(`\`make_interval\` with \`${name}\``, node.FuncCall.location);
    return fragment(form, { x: 'NamedArgExpr' in arg ? arg.NamedArgExpr.arg! : arg });
  });
  return parts.reduce((a, b) => fragment('a + b', { a, b }), fragment("'0 days'::interval", {}));
};

const jsonExtract =
  (name: string): CallRewrite =>
  (node) => {
    const [value, ...steps] = argumentsOf(node.FuncCall);
    return fragment(`${name}(v, p)`, { v: value!, p: jsonPath(steps.map(constantText), node.FuncCall.location) });
  };

const jsonTypeof =
  "CASE json_type(a) WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' WHEN NULL THEN NULL ELSE CASE WHEN a IS NOT NULL THEN 'number' END END";

const each = (rewrite: CallRewrite, names: string): [string, CallRewrite][] =>
  names.split(' ').map((name) => [name, rewrite]);

/** What DuckDB calls otherwise, or means otherwise. */
export const duckdbCalls: ReadonlyMap<string, CallRewrite> = new Map([
  ...each(wholeNumber, 'sum ceil ceiling floor'),
  ...each(overDouble, 'avg stddev stddev_samp stddev_pop variance var_samp var_pop'),
  ...each(percentileCont, 'percentile_cont'),
  ...each(quantile('quantile_cont', true), 'median percentile'),
  ...each(quantile('quantile_disc', false), 'percentile_disc'),
  ...each(asFunction('bool_and'), 'every'),
  ...each(rounding, 'round trunc'),
  ...each(substring, 'substring substr'),
  // Blanks alone, as in PostgreSQL, whatever else DuckDB may take for white space.
  ...each(trim, 'btrim trim'),
  ...each(form("ltrim(a, ' ')", 'ltrim(a, b)'), 'ltrim'),
  ...each(form("rtrim(a, ' ')", 'rtrim(a, b)'), 'rtrim'),
  ...each(form('lpad(a, b)', "lpad(a, b, ' ')", 'lpad(a, b, c)'), 'lpad'),
  ...each(form('rpad(a, b)', "rpad(a, b, ' ')", 'rpad(a, b, c)'), 'rpad'),
  ...each(form('strlen(a)'), 'octet_length'),
  ...each(form('chr(a::int)'), 'chr'),
  ...each(form('length(a)'), 'char_length character_length'),
  ...each(regexpReplace, 'regexp_replace'),
  ...each(form("regexp_matches(a, b, 's')", "regexp_matches(a, b, 's')"), 'regexp_like'),
  ...each(toChar, 'to_char'),
  ...each(form('sign(a)::bigint'), 'sign'),
  ...each((node) => {
    const [a, b] = argumentsOf(node.FuncCall);
    return fragment('a % nullif(b, 0)', { a: a!, b: b! });
  }, 'mod'),
  ...each(logarithm, 'log'),
  ...each(dateTrunc, 'date_trunc'),
  ...each(atTimeZone, 'timezone'),
  ...each(extract, 'extract date_part'),
  ...each(makeInterval, 'make_interval'),
  ...each(form(jsonTypeof), 'jsonb_typeof json_typeof'),
  ...each(form('json_array_length(a)::bigint'), 'jsonb_array_length json_array_length'),
  ...each(jsonExtract('json_extract_string'), 'jsonb_extract_path_text json_extract_path_text'),
  ...each(jsonExtract('json_extract'), 'jsonb_extract_path json_extract_path'),
  ...each(asFunction('to_json'), 'to_jsonb'),
  ...each(asFunction('json_object'), 'jsonb_build_object json_build_object'),
  ...each(asFunction('json_array'), 'jsonb_build_array json_build_array'),
  ...each(form('len(a)'), 'cardinality'),
  // An empty array has no length in PostgreSQL.
  ...each(form('nullif(len(a), 0)', 'nullif(len(a), 0)'), 'array_length'),
  // HMAC: the outer pad and the digest of the inner pad and the text, digested. A digest comes as hexadecimal text here.
  ...each(form('sha256(unhex($2) || unhex(sha256(unhex($1) || encode(a))))'), 'etalon_hash'),
  // Nothing splits into nothing in PostgreSQL, into one empty text here.
  ...each(
    form('string_split(a, b)', "CASE WHEN a = '' THEN (string_split(a, b))[1:0] ELSE string_split(a, b) END"),
    'string_to_array',
  ),
]);
