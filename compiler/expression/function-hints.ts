import { findNearestName } from '../diagnostic/nearest-name.ts';
import { functionTable } from './function-table.ts';

/** What to write instead of a function that is not in the table. */
export function hintsForFunction(name: string): string[] {
  const here = functionsElsewhere[name];
  if (here !== undefined) return [`in PostgreSQL: ${here}`];
  const near = findNearestName(name, functionTable.keys());
  return [
    near === undefined
      ? 'docs/sql.md lists the functions that every engine computes alike'
      : `did you mean \`${near}\`?`,
  ];
}

/** Functions of DuckDB, Snowflake, BigQuery and MySQL by the name that an author is likely to reach for. */
const functionsElsewhere: Readonly<Record<string, string>> = {
  ifnull: '`coalesce(x, y)`',
  nvl: '`coalesce(x, y)`',
  isnull: '`x is null`',
  iff: '`case when … then … else … end`',
  if: '`case when … then … else … end`',
  countif: '`count(*) filter (where …)`',
  count_if: '`count(*) filter (where …)`',
  sumif: '`sum(x) filter (where …)`',
  approx_count_distinct: '`count(distinct x)`',
  datediff: '`date_b - date_a` in days, or `extract(epoch from b - a)`',
  date_diff: '`date_b - date_a` in days, or `extract(epoch from b - a)`',
  dateadd: "`x + interval '1 day'`",
  date_add: "`x + interval '1 day'`",
  date_sub: "`x - interval '1 day'`",
  datetrunc: "`date_trunc('day', x)`",
  strftime: "`to_char(x, 'YYYY-MM-DD')`",
  date_format: "`to_char(x, 'YYYY-MM-DD')`",
  strptime: 'a cast of ISO text: `x::timestamptz`',
  to_date: 'a cast of ISO text: `x::date`',
  year: '`extract(year from x)`',
  month: '`extract(month from x)`',
  day: '`extract(day from x)`',
  hour: '`extract(hour from x)`',
  safe_divide: '`a / b`, which is null where `b` is zero',
  div0: '`a / b`, which is null where `b` is zero',
  try_cast: 'a declared type: a row that cannot be read is put aside',
  json_extract: "`x->'key'`",
  json_extract_string: "`x->>'key'`",
  json_value: "`x->>'key'`",
  parse_json: '`x::jsonb`',
  contains: '`position(part in x) > 0`',
  len: '`length(x)`',
  instr: '`strpos(x, part)`',
  group_concat: "`string_agg(x, ',' order by x)`",
  listagg: "`string_agg(x, ',' order by x)`",
  list: '`array_agg(x order by …)`',
  any_value: '`min(x)`, the same at every run',
  arg_max: '`(array_agg(x order by y desc))[1]`',
  arg_min: '`(array_agg(x order by y))[1]`',
  max_by: '`(array_agg(x order by y desc))[1]`',
  min_by: '`(array_agg(x order by y))[1]`',
  mode: '`(array_agg(x order by n desc))[1]` over counts',
  read_csv: 'files are read by a raw model: `source: {files: data/*.csv}`',
  read_csv_auto: 'files are read by a raw model: `source: {files: data/*.csv}`',
  read_parquet: 'files are read by a raw model: `source: {files: data/*.parquet}`',
  read_json: 'files are read by a raw model: `source: {files: data/*.jsonl}`',
};
