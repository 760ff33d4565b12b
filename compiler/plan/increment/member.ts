import { identifier as id } from '../sql-text.ts';

/**
 * Are the values among the rows of a query? Null is a value like others here. Not `is not distinct from`, which PostgreSQL answers by comparing all with all: an IN is
 * a look into a hash table on both engines. Nothing in it is correlated: DuckDB does not bind that at any depth.
 */
export function memberOf(
  values: readonly string[],
  query: string,
  keys: readonly string[],
  options: { readonly mayBeNull: boolean } = { mayBeNull: true },
): string {
  const columns = keys.map((key) => `m.${id(key)}`);
  const row = (parts: readonly string[]) => (parts.length === 1 ? parts[0]! : `(${parts.join(', ')})`);
  const plain = `${row(values)} in (select ${columns.join(', ')} from (${query}) as m)`;
  if (!options.mayBeNull) return plain;
  const someNull = (parts: readonly string[]) => `(${parts.map((part) => `${part} is null`).join(' or ')})`;
  const absent = `from (${query}) as m where ${someNull(columns)}`;
  const beyond =
    values.length === 1
      ? `exists (select 1 ${absent})`
      : `${row(values.flatMap(nullSafe))} in (select ${columns.flatMap(nullSafe).join(', ')} ${absent})`;
  return `(${plain} or (${someNull(values)} and ${beyond}))`;
}

/** A value as text that is never null, and whether it was. */
function nullSafe(value: string): readonly string[] {
  return [`coalesce(cast(${value} as text), '')`, `${value} is null`];
}

/** May `value in (…)` answer otherwise, now that these values came to or left what it looks into? A null on either side makes it depend on all of them. */
export function mayAnswerOtherwise(value: string, query: string, key: string): string {
  const column = `m.${id(key)}`;
  return `(${value} in (select ${column} from (${query}) as m) or ${value} is null or exists (select 1 from (${query}) as m where ${column} is null))`;
}
