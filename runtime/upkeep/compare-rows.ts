import {
  closedRowsSql,
  instantSql,
  isBeforePeriod,
  type ManifestModel,
  quoteIdentifier,
  quoteLiteral,
  type Value,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { castColumns } from '../run/build-model.ts';
import { readPeriodBounds } from '../run/period-bounds.ts';
import { type Naming, render, resolver } from '../run/run-context.ts';
import { inTables } from '../run/target-names.ts';
import { completeThroughOf } from '../run/version-of.ts';
import { inputsOf } from '../schedule/inputs-of.ts';
import type { RowDifference } from './finding.ts';

const shownKeys = 5;

export interface ComparedRows {
  /** Absent: all rows that were compared are the same. */
  readonly difference?: RowDifference;
  /** What the author's knobs leave otherwise than a rebuild would, and was not compared. */
  readonly partly?: string;
}

/**
 * Computes a model whole, from what its inputs hold now, and compares with a relation as bags of rows: nothing is written. `knobs`: rows that `late` and `lookback` leave as they are on purpose are
 * not held to a rebuild.
 *
 * Sums of doubles come out otherwise in their last digits when rows are added in another order. So where only rounded values agree, to seven digits, the rows count as the same; rounding
 * is tried at two offsets, since two neighbours may fall to two sides of one edge.
 */
export async function compareRows(
  session: Session,
  naming: Naming,
  model: ManifestModel,
  relation: string,
  knobs: boolean,
): Promise<ComparedRows> {
  const { published, computed, since } = await readSides(session, naming, model, relation, knobs);
  const waiting = knobs ? await countWaiting(session, model) : 0;
  const left = [
    ...(waiting > 0
      ? [waiting === 1 ? 'a period that waits for a backfill' : `${waiting} periods that wait for a backfill`]
      : []),
    ...(since === undefined ? [] : [`periods before ${since}, which \`lookback\` leaves alone`]),
  ];
  const partly = left.length === 0 ? {} : { partly: left.join('; ') };
  let difference: RowDifference | undefined;
  for (const scale of model.columns.some(isDouble) ? [undefined, 1, 1.37] : [undefined]) {
    const columns = model.columns.map((column) => readColumn(column, scale)).join(', ');
    const at = waiting > 0 ? ', _at' : '';
    const sides = `select ${columns}${at}, 1 as _side from (${computed(waiting > 0)}) as c union all select ${columns}${at}, -1 from (${published(waiting > 0)}) as p`;
    difference = await compareSides(session, model, sides, waiting > 0);
    if (difference === undefined) return partly;
  }
  return { ...(difference === undefined ? {} : { difference }), ...partly };
}

/** SQL of a side, where wanted with the instant of each row. */
type Side = (withInstant: boolean) => string;

async function readSides(
  session: Session,
  naming: Naming,
  model: ManifestModel,
  relation: string,
  knobs: boolean,
): Promise<{ readonly published: Side; readonly computed: Side; readonly since: string | undefined }> {
  const names = resolver(naming, { [model.name]: inTables(relation) });
  const complete = { before: undefined, now: completeThroughOf(naming, model) };
  const looksBack = knobs && model.incremental?.lookback !== undefined;
  const seen = Object.fromEntries(inputsOf(model).map((name) => [name, 0]));
  const inPlace = looksBack ? ({ kind: 'increment', seen } as const) : undefined;
  const bounds = await readPeriodBounds(naming, session, model, inPlace, complete, names);
  const since = looksBack ? bounds.again.at(-1)?.span.from : undefined;
  const own = model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const { manifest } = naming;
  const side =
    (rows: string): Side =>
    (withInstant) => {
      const at = withInstant ? `, ${instantSql(manifest, model)} as _at` : '';
      const where = since === undefined ? '' : ` where not ${isBeforePeriod(manifest, model, since)}`;
      return render(naming, `select ${own}${at} from (${rows}) as k${where}`, names);
    };
  const sql = bounds.open === undefined ? model.sql! : closedRowsSql(manifest, model, model.sql!, bounds.open);
  return { published: side(`select ${own} from ${model.name}`), computed: side(castColumns(model, sql)), since };
}

async function countWaiting(session: Session, model: ManifestModel): Promise<number> {
  if (model.incremental?.late === undefined) return 0;
  const found = await session.execute(
    `select count(*) from etalon_state.periods where model = ${quoteLiteral(model.name)} and status = 'late'`,
  );
  return Number(found.rows[0]?.[0] ?? 0);
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
async function compareSides(
  session: Session,
  model: ManifestModel,
  sides: string,
  waits: boolean,
): Promise<RowDifference | undefined> {
  const columns = model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const all = `select ${columns}${waits ? ', _at' : ''}, sum(_side) as _left from (${sides}) as s group by ${columns}${waits ? ', _at' : ''} having sum(_side) <> 0`;
  const left = `(${waits ? withoutWaiting(model, all) : all}) as l`;
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

/** Rows of periods that wait for a backfill, and the other rows of their keys, which wait with them. */
function withoutWaiting(model: ManifestModel, all: string): string {
  const same = model.key.map((name) => `w.${quoteIdentifier(name)} is not distinct from a.${quoteIdentifier(name)}`);
  return `with a as (${all}), w as (select a.* from a where exists (
      select 1 from etalon_state.periods p where p.model = ${quoteLiteral(model.name)} and p.status = 'late' and a._at >= p.period_from and a._at < p.period_to))
    select a.* from a where not exists (select 1 from w where ${same.join(' and ')})`;
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
