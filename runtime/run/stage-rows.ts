import {
  addedSql,
  type Change,
  closedRowsSql,
  firstKeysSql,
  type ManifestModel,
  type NameResolver,
  periodGrain,
  type QualifiedName,
  qualify,
  quoteIdentifier,
  quoteLiteral,
  type RowsSql,
  rowsSql,
  type Unit,
  type UnitsSql,
  type UnitTable,
  unitsInPeriodsSql,
  unitsSql,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { InPlace, PlannedStep } from '../schedule/run-plan.ts';
import { isAsItsInputs } from '../state/is-as-its-inputs.ts';
import { castColumns } from './build-model.ts';
import { incrementNames, renderIncrement, unitsOf } from './increment-names.ts';
import { type Completeness, type PeriodBounds, readPeriodBounds } from './period-bounds.ts';
import { type RunContext, stepSession } from './run-context.ts';
import type { Repaired } from './step-outcome.ts';
import { scratchName } from './target-names.ts';

/** Rows computed beside the table, and which rows of the table they take the place of. */
export interface StagedRows {
  readonly rows: QualifiedName;
  readonly unitTable: QualifiedName;
  /** Periods that late rows touch and that are not computed: made where there are any. */
  readonly lateTable: QualifiedName;
  readonly isLate: boolean;
  readonly unit: Repaired['unit'];
  /** The columns of the model that units go by. */
  readonly by: readonly string[];
  /** How many units were computed; -1: all of them. */
  readonly units: number;
  readonly periods?: Repaired['periods'];
  readonly bounds: PeriodBounds;
  /** Canonical SQL that selects the rows of the table in those units. */
  readonly replaced: string;
  readonly names: NameResolver;
  readonly sql: string;
}

/** Computes, beside the table, the rows of the units that are to be computed again. */
export async function stageRows(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep & { readonly inPlace: InPlace },
  relation: QualifiedName,
  complete: Completeness,
): Promise<StagedRows> {
  const { inPlace, build } = step;
  const session = stepSession(context);
  const rows = scratchName(relation, 'rows', build);
  const columns = model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const own = `select ${columns} from ${model.name}`;
  const unitTable = scratchName(relation, 'units', build);
  const lateTable = scratchName(relation, 'late', build);
  const names = incrementNames(context, model, relation, { units: unitTable, late: lateTable });
  const bounds = await readPeriodBounds(context, session, model, inPlace, complete, names);
  const closed = (sql: string) =>
    bounds.open === undefined ? sql : closedRowsSql(context.manifest, model, sql, bounds.open);
  const create = (sql: string) =>
    `create table ${qualify(rows)} as ${renderIncrement(context, castColumns(model, closed(sql)), names)}`;
  const tables = { rows, unitTable, lateTable };
  if (inPlace.kind === 'merge') {
    const sql = create(model.sql!);
    await session.execute(sql);
    return { ...tables, unit: 'all', by: [], units: -1, isLate: false, bounds, replaced: own, names, sql };
  }
  const standing =
    inPlace.kind === 'increment' ? await askStanding(context, session, model, inPlace.seen, names) : undefined;
  const asked = standing ?? askUnits(context, model, inPlace, bounds);
  const none: StagedRows = {
    ...tables,
    unit: asked.kind,
    by: asked.by,
    units: 0,
    isLate: false,
    bounds,
    replaced: own,
    names,
    sql: asked.sql ?? '',
  };
  if (asked.sql === undefined) return none;
  await session.execute(`create table ${qualify(unitTable)} as ${renderIncrement(context, asked.sql, names)}`);
  const { count, mayBeNull, isLate } = await countUnits(session, asked, none);
  const aside = { ...none, isLate };
  if (count === 0) return aside;
  const ranges = asked.kind === 'period' ? await readRanges(session, unitTable, count) : [];
  const found = asked.rows({ name: unitsOf(model), mayBeNull, ranges });
  const sql = create(found.sql);
  await session.execute(sql);
  const periods = periodsOf(context, model, ranges);
  const replaced = `${own} where ${found.isReplaced}`;
  return { ...aside, units: count, ...(periods ? { periods } : {}), sql, replaced };
}

/** Which units are to be computed, and how. */
interface AskedUnits extends Pick<UnitsSql, 'sql' | 'kind' | 'names'> {
  readonly by: readonly string[];
  readonly rows: (units: UnitTable) => RowsSql;
}

/** What goes on from the rows that stand, where they are as the inputs were: groups by the rows that came, first rows by those that came before them. Undefined where units are computed anew. */
async function askStanding(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  seen: Readonly<Record<string, number>>,
  names: NameResolver,
): Promise<AskedUnits | undefined> {
  const changes = changesOf(context, seen);
  const added = addedSql(context.manifest, model, changes);
  const first = added ? undefined : firstKeysSql(context.manifest, model, changes);
  if (!added && first === undefined) return undefined;
  if (!(await isAsItsInputs(session, context.published.get(model.name)!))) return undefined;
  if (!added) {
    const { columns } = getUnit(model);
    const rows = (units: UnitTable) => rowsSql(context.manifest, model, units);
    return { sql: first, kind: 'key', names: columns, by: columns, rows };
  }
  const gone = await session.execute(renderIncrement(context, added.gone, names));
  if (Number(gone.rows[0]?.[0]) > 0) return undefined;
  return { ...added, sql: castColumns(model, added.groups), kind: 'key', names: model.key, by: model.key };
}

function getUnit({ name, increment }: ManifestModel): Unit {
  if (increment?.kind !== 'increment') throw new Error(`\`${name}\` is not incremental`);
  return increment.unit;
}

/** The units that changes touch, and those of periods that are computed again whatever changed. */
function askUnits(
  context: RunContext,
  model: ManifestModel,
  inPlace: Exclude<InPlace, { kind: 'merge' }>,
  bounds: PeriodBounds,
): AskedUnits {
  const seen = inPlace.kind === 'increment' ? inPlace.seen : {};
  const touched = unitsSql(context.manifest, model, changesOf(context, seen));
  const again = bounds.again.map(
    ({ span, orAbsent }) => unitsInPeriodsSql(context.manifest, model, span, { orAbsent }).sql,
  );
  const parts = [...(touched.sql === undefined ? [] : [touched.sql]), ...again];
  const { columns: by } = getUnit(model);
  const sql = parts.length === 0 ? undefined : parts.join(' union ');
  return { ...touched, sql, by, rows: (units) => rowsSql(context.manifest, model, units) };
}

/** How many units there are. Of them, periods before the bound of `late` go to a table of their own. */
async function countUnits(
  session: Session,
  asked: AskedUnits,
  { unitTable, lateTable, bounds }: StagedRows,
): Promise<{ readonly count: number; readonly mayBeNull: boolean; readonly isLate: boolean }> {
  const units = qualify(unitTable);
  const isNull = asked.names.map((name) => `${quoteIdentifier(name)} is null`).join(' or ');
  const isLate = bounds.late === undefined || asked.kind === 'key' ? 'false' : `period < ${quoteLiteral(bounds.late)}`;
  const found = await session.execute(
    `select count(*), count(*) filter (where ${isNull}), count(*) filter (where ${isLate}) from ${units}`,
  );
  const [all, absent, late] = (found.rows[0] ?? []).map(Number) as [number, number, number];
  if (late > 0) {
    await session.execute(`create table ${qualify(lateTable)} as select period from ${units} where ${isLate}`);
    await session.execute(`delete from ${units} where ${isLate}`);
  }
  return { count: all - late, mayBeNull: absent > 0, isLate: late > 0 };
}

/** Periods named one by one make their table quick to look into; of more than these, only from where to where they go. */
const namedPeriods = 1000;

async function readRanges(session: Session, unitTable: QualifiedName, count: number): Promise<UnitTable['ranges']> {
  const found = await session.execute(
    `select cast(period as varchar) from (select period from ${qualify(unitTable)} where period is not null order by period limit ${namedPeriods}) as p union select cast(max(period) as varchar) from ${qualify(unitTable)} order by 1`,
  );
  const ranges = found.rows.flatMap(([text]) =>
    text === null || text === undefined ? [] : [{ first: String(text), last: String(text) }],
  );
  return count > namedPeriods ? outer(ranges) : ranges;
}

function periodsOf(context: RunContext, model: ManifestModel, ranges: UnitTable['ranges']): Repaired['periods'] {
  const whole = outer(ranges)[0];
  return whole && { by: periodGrain(context.manifest, model), ...whole };
}

function outer(ranges: UnitTable['ranges']): UnitTable['ranges'] {
  return ranges.length === 0 ? [] : [{ first: ranges[0]!.first, last: ranges.at(-1)!.last }];
}

/** What of the inputs the model has not seen. One that was to change in this run and did not is as it was. */
function changesOf(context: RunContext, seen: Readonly<Record<string, number>>): readonly Change[] {
  return Object.entries(seen).flatMap(([model, build]): Change[] => {
    if (context.published.get(model)?.build === build) return [];
    return [{ model, seen: build, raw: context.models.get(model)?.source?.from === 'files' }];
  });
}
