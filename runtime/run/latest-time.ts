import { type ManifestModel, quoteIdentifier, quoteLiteral } from '../../compiler/index.ts';

/** The times that count: none beyond `through`, which is what can have arrived. Instants are ISO text. */
export interface TimeSpan {
  readonly from?: string;
  readonly through?: string;
}

/**
 * Canonical SQL of the largest value of a time column, as an instant. The column itself is compared and only the result cast, so that an engine which knows where the values of a block lie
 * passes over the others, and ten million dates are not made instants one by one.
 *
 * @example
 * latestSql({ name: 'day', type: 'date' }, { through: '2025-03-02T09:00:00Z' })
 * // cast(max("day") filter (where "day" <= cast(cast('2025-03-02T09:00:00Z' as timestamptz) at time zone 'UTC' as date)) as timestamptz)
 */
export function latestSql(
  column: ManifestModel['columns'][number] | undefined,
  span: Pick<TimeSpan, 'through'>,
): string {
  if (column === undefined) return 'cast(null as timestamptz)';
  const limits = limitsOf(column, span);
  const filter = limits.length === 0 ? '' : ` filter (where ${limits.join(' and ')})`;
  return `cast(max(${comparable(column)})${filter} as timestamptz)`;
}

/** The same of rows from an instant on only, as a query over the model: an index of the column, where there is one, knows the answer. */
export function latestSinceSql(
  model: ManifestModel,
  column: ManifestModel['columns'][number],
  span: TimeSpan & { readonly from: string },
): string {
  return `select cast(max(${comparable(column)}) as timestamptz) from ${model.name} where ${limitsOf(column, span).join(' and ')}`;
}

function limitsOf(column: ManifestModel['columns'][number], { from, through }: TimeSpan): readonly string[] {
  const name = comparable(column);
  return [
    ...(from === undefined ? [] : [`${name} >= ${instantAs(column, from)}`]),
    ...(through === undefined ? [] : [`${name} <= ${instantAs(column, through)}`]),
  ];
}

export function timeColumn(model: ManifestModel): ManifestModel['columns'][number] | undefined {
  return model.columns.find(({ name }) => name === model.time);
}

/** Of a column whose type says nothing of time, the instants. */
function comparable({ name, type }: ManifestModel['columns'][number]): string {
  return type === 'timestamp' || type === 'date'
    ? quoteIdentifier(name)
    : `cast(${quoteIdentifier(name)} as timestamptz)`;
}

/** A date is its midnight in UTC. */
function instantAs({ type }: ManifestModel['columns'][number], instant: string): string {
  const literal = `cast(${quoteLiteral(instant)} as timestamptz)`;
  return type === 'date' ? `cast(${literal} at time zone 'UTC' as date)` : literal;
}
