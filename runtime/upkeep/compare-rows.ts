import { type ManifestModel, qualify, quoteIdentifier, type Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { castColumns } from '../run/build-model.ts';
import { type Naming, render, resolver } from '../run/run-context.ts';
import { inTables } from '../run/target-names.ts';
import type { RowDifference } from './finding.ts';

const shownKeys = 5;

/**
 * Computes a model whole, from what its inputs hold now, and compares with a relation as bags of rows: nothing is written. Undefined where both are the same.
 *
 * Sums of doubles come out otherwise in their last digits when rows are added in another order. So where only rounded values agree, to seven digits, the rows count as the same; rounding
 * is tried at two offsets, since two neighbours may fall to two sides of one edge.
 */
export async function compareRows(
  session: Session,
  naming: Naming,
  model: ManifestModel,
  relation: string,
): Promise<RowDifference | undefined> {
  const computed = render(naming, castColumns(model, model.sql!), resolver(naming));
  const scales = model.columns.some(isDouble) ? [undefined, 1, 1.37] : [undefined];
  let found: RowDifference | undefined;
  for (const scale of scales) {
    const columns = model.columns.map((column) => readColumn(column, scale)).join(', ');
    const sides = `select ${columns}, 1 as _side from (${computed}) as c union all select ${columns}, -1 from ${qualify(inTables(relation))} as p`;
    found = await compareSides(session, model, sides);
    if (found === undefined) return undefined;
  }
  return found;
}

function isDouble(column: ManifestModel['columns'][number]): boolean {
  return column.type === 'double';
}

function readColumn(column: ManifestModel['columns'][number], scale: number | undefined): string {
  const name = quoteIdentifier(column.name);
  if (scale === undefined || !isDouble(column)) return name;
  return `case when abs(${name}) between 1e-30 and 1e30 then cast(cast(${name} * ${scale} as real) as double precision) else ${name} end as ${name}`;
}

/** One pass over each side: what is left of a row when both sides are taken together is what one of them has more of it. */
async function compareSides(session: Session, model: ManifestModel, sides: string): Promise<RowDifference | undefined> {
  const columns = model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const left = `(select ${columns}, sum(_side) as _left from (${sides}) as s group by ${columns} having sum(_side) <> 0) as l`;
  const counted = await session.execute(
    `select coalesce(sum(case when _left > 0 then _left end), 0), coalesce(-sum(case when _left < 0 then _left end), 0) from ${left}`,
  );
  const [missing, extra] = (counted.rows[0] ?? []).map(Number) as [number, number];
  if (missing === 0 && extra === 0) return undefined;
  return {
    missing,
    extra,
    missingKeys: missing === 0 ? [] : await readKeys(session, model, `${left} where _left > 0`),
    extraKeys: extra === 0 ? [] : await readKeys(session, model, `${left} where _left < 0`),
  };
}

async function readKeys(
  session: Session,
  model: ManifestModel,
  from: string,
): Promise<readonly Readonly<Record<string, Value>>[]> {
  if (model.key.length === 0) return [];
  const keys = model.key.map(quoteIdentifier).join(', ');
  const found = await session.execute(`select ${keys} from ${from} order by ${keys} limit ${shownKeys}`);
  const tagged = new Set(model.columns.filter(({ pii }) => pii !== undefined).map(({ name }) => name));
  return found.rows.map((row) =>
    Object.fromEntries(
      model.key.map((name, index) => {
        const value = row[index] ?? null;
        return [name, value !== null && tagged.has(name) ? '***' : value];
      }),
    ),
  );
}
