import type { ExpressionType } from './contract.ts';
import { commonType, type SqlType, type TypeClass } from './sql-type.ts';

export type FunctionKind = 'scalar' | 'aggregate' | 'window' | 'set';

/** What a function gives: a type, or a rule over the types of its arguments (undefined: not known). */
export type ReturnRule =
  | Exclude<ExpressionType['name'], 'decimal'>
  | ((types: readonly (SqlType | undefined)[]) => SqlType | undefined);

export interface FunctionFacts {
  readonly kind: FunctionKind;
  readonly returns: ReturnRule;
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
  /** What its first argument (of an ordered-set aggregate: what it orders by) may be; absent: anything. */
  readonly takes?: readonly TypeClass[];
}

const many = Number.POSITIVE_INFINITY;
const first: ReturnRule = (types) => types[0];
const unknown: ReturnRule = () => undefined;

/** Integers and decimals add up exactly: a bigint stays one, a decimal gets the width that DuckDB gives it. */
function sum([type]: readonly (SqlType | undefined)[]): SqlType | undefined {
  if (type?.name !== 'decimal') return type;
  return { name: 'decimal', ...(type.scale === undefined ? {} : { precision: 38, scale: type.scale }) };
}

function wholeNumber([type]: readonly (SqlType | undefined)[]): SqlType | undefined {
  return type?.name === 'decimal' && type.scale !== undefined ? { ...type, scale: 0 } : type;
}

function rows(
  kind: FunctionKind,
  arity: readonly [number, number],
  returns: ReturnRule,
  names: string,
  takes?: readonly TypeClass[],
): [string, FunctionFacts][] {
  return names.split(' ').map((name) => [name, { kind, returns, arity, ...(takes ? { takes } : {}) }]);
}

const number: readonly TypeClass[] = ['number'];
const text: readonly TypeClass[] = ['text'];
const json: readonly TypeClass[] = ['json'];

/**
 * The functions whose meaning is the same on every engine, after the dialect's rewrites. Each was run on DuckDB and on PostgreSQL, see
 * compiler/dialect/cases. A function that is not here is refused: an engine's own function would give its own number.
 */
export const functionTable: ReadonlyMap<string, FunctionFacts> = new Map([
  ...rows('aggregate', [0, 1], 'integer', 'count'),
  ...rows('aggregate', [1, 1], sum, 'sum', number),
  ...rows('aggregate', [1, 1], first, 'min max'),
  ...rows(
    'aggregate',
    [1, 1],
    'double',
    'avg median stddev stddev_samp stddev_pop variance var_samp var_pop percentile_cont',
    number,
  ),
  ...rows('aggregate', [2, 2], 'double', 'corr covar_pop covar_samp', number),
  ...rows('aggregate', [1, 1], 'boolean', 'bool_and bool_or every'),
  ...rows('aggregate', [2, 2], 'text', 'string_agg', text),
  ...rows('aggregate', [1, 1], unknown, 'array_agg'),
  ...rows('aggregate', [2, 2], 'double', 'percentile', number),
  ...rows('aggregate', [1, 2], unknown, 'percentile_disc'),
  ...rows('aggregate', [1, 1], first, 'first last'),

  ...rows('window', [0, 0], 'integer', 'row_number rank dense_rank'),
  ...rows('window', [0, 0], 'double', 'percent_rank cume_dist'),
  ...rows('window', [1, 1], 'integer', 'ntile'),
  ...rows('window', [1, 3], first, 'lag lead'),
  ...rows('window', [1, 1], first, 'first_value last_value'),
  ...rows('window', [2, 2], first, 'nth_value'),

  ...rows('scalar', [1, 1], 'text', 'lower upper reverse md5', text),
  ...rows('scalar', [1, 2], 'text', 'btrim ltrim rtrim trim', text),
  ...rows('scalar', [1, 1], 'integer', 'length char_length character_length octet_length ascii', text),
  ...rows('scalar', [1, 1], 'text', 'chr'),
  ...rows('scalar', [2, 3], 'text', 'substring substr lpad rpad', text),
  ...rows('scalar', [2, 2], 'text', 'left right repeat', text),
  ...rows('scalar', [3, 3], 'text', 'replace translate split_part', text),
  ...rows('scalar', [2, 2], 'integer', 'position strpos', text),
  ...rows('scalar', [2, 2], 'boolean', 'starts_with', text),
  ...rows('scalar', [1, many], 'text', 'concat'),
  ...rows('scalar', [2, many], 'text', 'concat_ws'),
  ...rows('scalar', [3, 4], 'text', 'regexp_replace', text),
  ...rows('scalar', [2, 2], 'boolean', 'regexp_like', text),
  ...rows('scalar', [2, 2], 'text', 'to_char'),

  ...rows('scalar', [1, 1], first, 'abs', number),
  ...rows('scalar', [1, 1], wholeNumber, 'ceil ceiling floor', number),
  ...rows('scalar', [1, 1], 'integer', 'sign', number),
  ...rows('scalar', [1, 2], roundType, 'round trunc', number),
  ...rows('scalar', [2, 2], remainder, 'mod', number),
  ...rows('scalar', [2, 2], 'integer', 'gcd lcm', number),
  ...rows('scalar', [2, 2], 'double', 'power pow atan2', number),
  ...rows('scalar', [1, 1], 'double', 'sqrt cbrt exp ln log10 degrees radians sin cos tan asin acos atan', number),
  ...rows('scalar', [1, 2], 'double', 'log', number),
  ...rows('scalar', [0, 0], 'double', 'pi'),

  ...rows('scalar', [2, 3], truncType, 'date_trunc'),
  ...rows('scalar', [2, 2], unknown, 'extract date_part'),
  ...rows('scalar', [3, 3], 'date', 'make_date', number),
  ...rows('scalar', [1, 1], 'timestamp', 'to_timestamp', number),
  ...rows('scalar', [2, 2], zoneType, 'timezone'),
  ...rows('scalar', [0, 7], 'interval', 'make_interval'),
  ...rows('scalar', [0, 0], 'timestamp', 'etalon_run_at etalon_complete_through'),
  ...rows('scalar', [1, 1], 'text', 'etalon_hash', text),

  ...rows('scalar', [1, 1], 'text', 'jsonb_typeof json_typeof', json),
  ...rows('scalar', [1, 1], 'integer', 'jsonb_array_length json_array_length', json),
  ...rows('scalar', [1, many], 'text', 'jsonb_extract_path_text json_extract_path_text', json),
  ...rows('scalar', [1, many], 'json', 'jsonb_extract_path json_extract_path', json),
  ...rows('scalar', [1, 1], 'json', 'to_jsonb to_json'),
  ...rows('scalar', [0, many], 'json', 'jsonb_build_object json_build_object jsonb_build_array json_build_array'),

  ...rows('scalar', [1, 1], 'integer', 'cardinality'),
  ...rows('scalar', [2, 2], 'integer', 'array_length array_position'),
  ...rows('scalar', [2, 2], unknown, 'string_to_array', text),
  ...rows('scalar', [2, 2], 'text', 'array_to_string'),

  ...rows('set', [2, 3], seriesType, 'generate_series'),
  ...rows('set', [1, 1], unknown, 'unnest'),
  ...rows('set', [1, 1], 'json', 'jsonb_array_elements json_array_elements', json),
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

export const aggregateNames: ReadonlySet<string> = new Set(
  [...functionTable].filter(([, facts]) => facts.kind === 'aggregate').map(([name]) => name),
);

/** Aggregates whose result is a value of one row, or all of them: no value is hidden by them. */
export const valueAggregates: ReadonlySet<string> = new Set(
  'min max first last percentile_disc string_agg array_agg bool_and bool_or every'.split(' '),
);

/** As of `%`: of decimals it has as many digits behind the point as the one that has more. */
function remainder(types: readonly (SqlType | undefined)[]): SqlType | undefined {
  return sum([commonType(types)]);
}

/** A decimal rounded to so many digits keeps a scale that the types alone do not tell. */
function roundType(types: readonly (SqlType | undefined)[]): SqlType | undefined {
  const type = types[0];
  if (type?.name !== 'decimal') return type;
  return types.length === 1 ? wholeNumber(types) : { name: 'decimal' };
}

function truncType(types: readonly (SqlType | undefined)[]): SqlType | undefined {
  const type = types[1];
  if (type === undefined || type.name === 'literal') return undefined;
  return type.name === 'date' ? { name: 'timestamp' } : type;
}

/** PostgreSQL: an instant in a zone is a time without one, and the other way round. */
function zoneType(types: readonly (SqlType | undefined)[]): SqlType | undefined {
  const type = types[1];
  if (type === undefined) return undefined;
  return type.name === 'local' ? { name: 'timestamp' } : { name: 'local' };
}

function seriesType(types: readonly (SqlType | undefined)[]): SqlType | undefined {
  return types[0]?.name === 'date' ? { name: 'timestamp' } : types[0];
}
