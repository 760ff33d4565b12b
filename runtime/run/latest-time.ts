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
export function latestSql(column: ManifestModel['columns'][number] | undefined, { from, through }: TimeSpan): string {
  if (column === undefined) return 'cast(null as timestamptz)';
  const name = comparable(column);
  const limits = [
    ...(from === undefined ? [] : [`${name} >= ${instantAs(column, from)}`]),
    ...(through === undefined ? [] : [`${name} <= ${instantAs(column, through)}`]),
  ];
  const filter = limits.length === 0 ? '' : ` filter (where ${limits.join(' and ')})`;
  return `cast(max(${name})${filter} as timestamptz)`;
}

/** The same of rows from an instant on only, as a query over the model. */
export function latestSinceSql(
  model: ManifestModel,
  column: ManifestModel['columns'][number],
  span: TimeSpan & { readonly from: string },
): string {
  const { from, ...through } = span;
  return `select ${latestSql(column, through)} from ${model.name} where ${comparable(column)} >= ${instantAs(column, from)}`;
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
