import type { ExpressionType } from './contract.ts';

export type FunctionKind = 'scalar' | 'aggregate' | 'window' | 'set';

/** What a function gives: a type, or a rule over the types of its arguments (undefined: not known). */
export type ReturnRule =
  | ExpressionType['name']
  | ((types: readonly (ExpressionType | undefined)[]) => ExpressionType | undefined);

export interface FunctionFacts {
  readonly kind: FunctionKind;
  readonly returns: ReturnRule;
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
}

const many = Number.POSITIVE_INFINITY;
const first: ReturnRule = (types) => types[0];
const unknown: ReturnRule = () => undefined;

/** Integers and decimals add up exactly: a bigint stays one, a decimal gets the width that DuckDB gives it. */
const sum: ReturnRule = ([type]) =>
  type?.name === 'decimal'
    ? { name: 'decimal', ...(type.scale === undefined ? {} : { precision: 38, scale: type.scale }) }
    : type;

const wholeNumber: ReturnRule = ([type]) =>
  type?.name === 'decimal' && type.scale !== undefined ? { ...type, scale: 0 } : type;

function rows(
  kind: FunctionKind,
  arity: readonly [number, number],
  returns: ReturnRule,
  names: string,
): [string, FunctionFacts][] {
  return names.split(' ').map((name) => [name, { kind, returns, arity }]);
}

/**
 * The functions whose meaning is the same on every engine, after the dialect's rewrites. Each was run on DuckDB and on PostgreSQL, see
 * compiler/dialect/cases. A function that is not here is refused: an engine's own function would give its own number.
 */
export const functionTable: ReadonlyMap<string, FunctionFacts> = new Map([
  ...rows('aggregate', [0, 1], 'integer', 'count'),
  ...rows('aggregate', [1, 1], sum, 'sum'),
  ...rows('aggregate', [1, 1], first, 'min max'),
  ...rows('aggregate', [1, 1], 'double', 'avg median stddev stddev_samp stddev_pop variance var_samp var_pop'),
  ...rows('aggregate', [2, 2], 'double', 'corr covar_pop covar_samp'),
  ...rows('aggregate', [1, 1], 'boolean', 'bool_and bool_or every'),
  ...rows('aggregate', [2, 2], 'text', 'string_agg'),
  ...rows('aggregate', [1, 1], unknown, 'array_agg'),
  ...rows('aggregate', [2, 2], 'double', 'percentile'),
  ...rows('aggregate', [1, 1], 'double', 'percentile_cont'),
  ...rows('aggregate', [1, 2], unknown, 'percentile_disc'),
  ...rows('aggregate', [1, 1], first, 'first last'),

  ...rows('window', [0, 0], 'integer', 'row_number rank dense_rank'),
  ...rows('window', [0, 0], 'double', 'percent_rank cume_dist'),
  ...rows('window', [1, 1], 'integer', 'ntile'),
  ...rows('window', [1, 3], first, 'lag lead'),
  ...rows('window', [1, 1], first, 'first_value last_value'),
  ...rows('window', [2, 2], first, 'nth_value'),

  ...rows('scalar', [1, 1], 'text', 'lower upper reverse md5'),
  ...rows('scalar', [1, 2], 'text', 'btrim ltrim rtrim trim'),
  ...rows('scalar', [1, 1], 'integer', 'length char_length character_length octet_length ascii'),
  ...rows('scalar', [1, 1], 'text', 'chr'),
  ...rows('scalar', [2, 3], 'text', 'substring substr lpad rpad'),
  ...rows('scalar', [2, 2], 'text', 'left right repeat'),
  ...rows('scalar', [3, 3], 'text', 'replace translate split_part'),
  ...rows('scalar', [2, 2], 'integer', 'position strpos'),
  ...rows('scalar', [2, 2], 'boolean', 'starts_with'),
  ...rows('scalar', [1, many], 'text', 'concat'),
  ...rows('scalar', [2, many], 'text', 'concat_ws'),
  ...rows('scalar', [3, 4], 'text', 'regexp_replace'),
  ...rows('scalar', [2, 2], 'boolean', 'regexp_like'),
  ...rows('scalar', [2, 2], 'text', 'to_char'),

  ...rows('scalar', [1, 1], first, 'abs'),
  ...rows('scalar', [1, 1], wholeNumber, 'ceil ceiling floor'),
  ...rows('scalar', [1, 1], 'integer', 'sign'),
  ...rows('scalar', [1, 2], wholeNumber, 'trunc'),
  ...rows('scalar', [1, 2], roundType, 'round'),
  ...rows('scalar', [2, 2], first, 'mod'),
  ...rows('scalar', [2, 2], 'integer', 'gcd lcm'),
  ...rows('scalar', [2, 2], 'double', 'power pow atan2'),
  ...rows('scalar', [1, 1], 'double', 'sqrt cbrt exp ln log10 degrees radians sin cos tan asin acos atan'),
  ...rows('scalar', [1, 2], 'double', 'log'),
  ...rows('scalar', [0, 0], 'double', 'pi'),

  ...rows('scalar', [2, 3], truncType, 'date_trunc'),
  ...rows('scalar', [2, 2], extractType, 'extract date_part'),
  ...rows('scalar', [3, 3], 'date', 'make_date'),
  ...rows('scalar', [1, 1], 'timestamp', 'to_timestamp'),
  ...rows('scalar', [2, 2], 'timestamp', 'timezone'),
  ...rows('scalar', [0, 7], 'interval', 'make_interval'),
  ...rows('scalar', [0, 0], 'timestamp', 'etalon_run_at'),

  ...rows('scalar', [1, 1], 'text', 'jsonb_typeof json_typeof'),
  ...rows('scalar', [1, 1], 'integer', 'jsonb_array_length json_array_length'),
  ...rows('scalar', [1, many], 'text', 'jsonb_extract_path_text json_extract_path_text'),
  ...rows('scalar', [1, many], 'json', 'jsonb_extract_path json_extract_path'),
  ...rows('scalar', [1, 1], 'json', 'to_jsonb to_json'),
  ...rows('scalar', [0, many], 'json', 'jsonb_build_object json_build_object jsonb_build_array json_build_array'),

  ...rows('scalar', [1, 1], 'integer', 'cardinality'),
  ...rows('scalar', [2, 2], 'integer', 'array_length array_position'),
  ...rows('scalar', [2, 2], unknown, 'string_to_array'),
  ...rows('scalar', [2, 2], 'text', 'array_to_string'),

  ...rows('set', [2, 3], seriesType, 'generate_series'),
  ...rows('set', [1, 1], unknown, 'unnest'),
  ...rows('set', [1, 1], 'json', 'jsonb_array_elements json_array_elements'),
  ...rows(
    'set',
    [1, 1],
    'text',
    'jsonb_array_elements_text json_array_elements_text jsonb_object_keys json_object_keys',
  ),
]);

/** Functions that read a clock, chance or the session: the same query would give another answer tomorrow. */
export const clockFunctions: ReadonlySet<string> = new Set(
  (
    'now clock_timestamp statement_timestamp transaction_timestamp timeofday random random_normal setseed gen_random_uuid uuidv4 uuidv7 uuid_generate_v4 ' +
    'today getdate get_current_timestamp'
  ).split(' '),
);

/** What reads the server or the session rather than data. */
export const aggregateNames: ReadonlySet<string> = new Set(
  [...functionTable].filter(([, facts]) => facts.kind === 'aggregate').map(([name]) => name),
);

function roundType(types: readonly (ExpressionType | undefined)[]): ExpressionType | undefined {
  return types[0];
}

function truncType(types: readonly (ExpressionType | undefined)[]): ExpressionType | undefined {
  return types[1]?.name === 'interval' ? { name: 'interval' } : { name: 'timestamp' };
}

function extractType(): ExpressionType {
  return { name: 'double' };
}

function seriesType(types: readonly (ExpressionType | undefined)[]): ExpressionType | undefined {
  return types[0]?.name === 'date' ? { name: 'timestamp' } : types[0];
}
