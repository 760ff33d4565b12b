import {
  type Change,
  incrementShapes,
  type ManifestModel,
  type NameResolver,
  type QualifiedName,
  qualify,
  quoteIdentifier,
  renderSql,
  rowsSql,
  type UnitsSql,
  type UnitTable,
  unitsSql,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { InPlace, PlannedStep } from '../schedule/run-plan.ts';
import type { VersionRecord } from '../state/records.ts';
import { castColumns, hashSql } from './build-model.ts';
import { HeldBack } from './held-back.ts';
import { recordPublished } from './publish-version.ts';
import { type RunContext, relationOf, stepSession, writeState } from './run-context.ts';
import type { Repaired, StepOutcome } from './step-outcome.ts';
import { changesName, inTables, scratchName } from './target-names.ts';
import { testIncrement } from './test-increment.ts';
import { type ScanResult, stops } from './test-relation.ts';
import { completeThroughOf, versionOf } from './version-of.ts';

/**
 * Brings the published version of a model up to date where it stands. What changed in its inputs says which units (periods or keys) are touched; their rows are computed beside the
 * table; then, in one transaction, what differs is written to the table and to the log of its changes, tested and marked. So the table is what a full rebuild would leave, a
 * unit computed twice writes nothing, and models below find in the log exactly the rows that came or went.
 */
export async function incrementModel(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  inPlace: InPlace,
  seconds: () => number,
): Promise<StepOutcome> {
  const current = context.published.get(model.name)!;
  const relation = inTables(current.relation);
  const staged = await stageRows(context, model, step, inPlace, relation);
  try {
    const done = await writeState(context, async (session) => {
      await createLog(session, model, relation);
      const changed = staged.units === 0 ? 0 : await applyRows(context, session, model, relation, staged, step.build);
      const scan = await testInPlace(context, session, model, step, relation, current);
      const completeThrough = completeThroughOf(context, model);
      const version = versionOf(context, model, step, { relation, kind: 'table', scan, completeThrough });
      await recordPublished(context, session, step, version, scan.outcomes, {
        seconds: seconds(),
        sqlHash: hashSql(staged.sql),
      });
      return { version, scan, changed };
    });
    context.published.set(model.name, done.version);
    const { unit, units, periods } = staged;
    const repaired: Repaired = { unit, units, rows: done.changed, ...(periods ? { periods } : {}) };
    return { status: 'built', tests: done.scan.outcomes, rows: done.scan.rows, repaired, published: true };
  } catch (error) {
    if (!(error instanceof HeldBack)) throw error;
    return { status: 'failed', tests: error.outcomes, rows: error.rows };
  } finally {
    await dropScratch(context, staged);
  }
}

/** Rows computed beside the table, and which rows of the table they take the place of. */
interface StagedRows {
  readonly rows: QualifiedName;
  readonly unitTable: QualifiedName | undefined;
  readonly unit: Repaired['unit'];
  /** How many units were computed; -1: all of them. */
  readonly units: number;
  readonly periods?: Repaired['periods'];
  /** Canonical SQL that selects the rows of the table in those units. */
  readonly replaced: string;
  readonly names: NameResolver;
  readonly sql: string;
}

async function stageRows(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  inPlace: InPlace,
  relation: QualifiedName,
): Promise<StagedRows> {
  const rows = scratchName(relation, 'rows', step.build);
  const columns = model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const own = `select ${columns} from ${model.name}`;
  const names = incrementNames(context, model, relation, scratchName(relation, 'units', step.build));
  if (inPlace.kind === 'merge') {
    const sql = `create table ${qualify(rows)} as ${renderIncrement(context, castColumns(model, model.sql!), names)}`;
    await stepSession(context).execute(sql);
    return { rows, unitTable: undefined, unit: 'all', units: -1, replaced: own, names, sql };
  }
  const unitTable = scratchName(relation, 'units', step.build);
  const units = unitsSql(context.manifest, model, changesOf(context, inPlace.seen));
  const none: StagedRows = { rows, unitTable, unit: units.kind, units: 0, replaced: own, names, sql: units.sql ?? '' };
  if (units.sql === undefined) return none;
  const session = stepSession(context);
  await session.execute(`create table ${qualify(unitTable)} as ${renderIncrement(context, units.sql, names)}`);
  const { count, table } = await readUnits(session, model, units, unitTable);
  if (count === 0) return none;
  const found = rowsSql(context.manifest, model, table);
  const sql = `create table ${qualify(rows)} as ${renderIncrement(context, castColumns(model, found.sql), names)}`;
  await session.execute(sql);
  const periods = periodsOf(model, table.ranges);
  return { ...none, units: count, ...(periods ? { periods } : {}), sql, replaced: `${own} where ${found.isReplaced}` };
}

/** Periods named one by one make their table quick to look into; of more than these, only from where to where they go. */
const namedPeriods = 1000;

async function readUnits(
  session: Session,
  model: ManifestModel,
  units: UnitsSql,
  unitTable: QualifiedName,
): Promise<{ readonly count: number; readonly table: UnitTable }> {
  const names = units.names.map(quoteIdentifier);
  const nulls = `count(*) filter (where ${names.map((name) => `${name} is null`).join(' or ')})`;
  const found = await session.execute(`select count(*), ${nulls} from ${qualify(unitTable)}`);
  const [count, absent] = (found.rows[0] ?? []).map(Number) as [number, number];
  const periods =
    units.kind === 'period' && count > 0
      ? await session.execute(
          `select cast(period as varchar) from (select period from ${qualify(unitTable)} where period is not null order by period limit ${namedPeriods}) as p union select cast(max(period) as varchar) from ${qualify(unitTable)} order by 1`,
        )
      : undefined;
  const texts = (periods?.rows ?? []).flatMap(([text]) => (text === null || text === undefined ? [] : [String(text)]));
  const ranges = texts.map((text) => ({ first: text, last: text }));
  return {
    count,
    table: { name: unitsOf(model), mayBeNull: absent > 0, ranges: count > namedPeriods ? outer(ranges) : ranges },
  };
}

function periodsOf(model: ManifestModel, ranges: UnitTable['ranges']): Repaired['periods'] {
  const whole = outer(ranges)[0];
  return whole && { by: model.incremental?.by ?? 'day', ...whole };
}

function outer(ranges: UnitTable['ranges']): UnitTable['ranges'] {
  return ranges.length === 0 ? [] : [{ first: ranges[0]!.first, last: ranges.at(-1)!.last }];
}

/** What of the inputs the model has not seen. */
function changesOf(context: RunContext, seen: Readonly<Record<string, number>>): readonly Change[] {
  return Object.entries(seen).map(([model, build]) => ({
    model,
    seen: build,
    raw: context.models.get(model)?.source?.from === 'files',
  }));
}

/** The logical name under which canonical SQL reads the table of units. */
function unitsOf(model: ManifestModel): string {
  const [layer, name] = model.name.split('.') as [string, string];
  return `${layer}__units.${quoteIdentifier(name)}`;
}

function incrementNames(
  context: RunContext,
  model: ManifestModel,
  relation: QualifiedName,
  units: QualifiedName,
): NameResolver {
  return (name) => {
    const beside = /^(raw|clean|marts)__(changes|rows|units)\.(.*)$/s.exec(name);
    if (!beside) return name === model.name ? relation : relationOf(context, name);
    if (beside[2] === 'units') return units;
    const stored = inTables(context.published.get(`${beside[1]}.${beside[3]}`)!.relation);
    return beside[2] === 'changes' ? changesName(stored) : stored;
  };
}

function renderIncrement(context: RunContext, sql: string, names: NameResolver): string {
  return renderSql(sql, context.engine.capabilities.dialect, names, {
    runAt: context.startedAt,
    shapeOf: incrementShapes(context.manifest),
  });
}

/** The log of a table: its columns, the build in which a row came or went, and which of them it did. */
export async function createLog(session: Session, model: ManifestModel, relation: QualifiedName): Promise<void> {
  const columns = model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  await session.execute(
    `create table if not exists ${qualify(changesName(relation))} as select ${columns}, cast(0 as bigint) as _build, true as _came from ${qualify(relation)} limit 0`,
  );
}

/** Writes what differs; returns how many rows came or went. Rows are told apart by the key, and copies of one key are written together. */
async function applyRows(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  relation: QualifiedName,
  staged: StagedRows,
  build: number,
): Promise<number> {
  const columns = model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const log = qualify(changesName(relation));
  const before = renderIncrement(context, staged.replaced, staged.names);
  const after = `select ${columns} from ${qualify(staged.rows)}`;
  await session.execute(
    `insert into ${log} (${columns}, _build, _came) select ${columns}, ${build}, false from ((${before}) except all (${after})) as gone union all select ${columns}, ${build}, true from ((${after}) except all (${before})) as came`,
  );
  const found = await session.execute(`select count(*) from ${log} where _build = ${build}`);
  const changed = Number(found.rows[0]?.[0] ?? 0);
  if (changed === 0) return 0;
  const touched = isTouched(model, log, build);
  await session.execute(`delete from ${qualify(relation)} where ${touched}`);
  await session.execute(
    `insert into ${qualify(relation)} (${columns}) select ${columns} from ${qualify(staged.rows)} where ${touched}`,
  );
  return changed;
}

/** Rows whose key is among those that changed; a null in a key is a value like others. */
function isTouched(model: ManifestModel, log: string, build: number): string {
  const keys = model.key.map(quoteIdentifier);
  const row = keys.length === 1 ? keys[0]! : `(${keys.join(', ')})`;
  const among = `select ${keys.join(', ')} from ${log} where _build = ${build}`;
  const isNull = keys.map((key) => `${key} is null`).join(' or ');
  const safe = keys.flatMap((key) => [`coalesce(cast(${key} as varchar), '')`, `${key} is null`]).join(', ');
  return `(${row} in (${among}) or ((${isNull}) and (${safe}) in (select ${safe} from ${log} where _build = ${build} and (${isNull}))))`;
}

async function testInPlace(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: PlannedStep,
  relation: QualifiedName,
  current: VersionRecord,
): Promise<ScanResult> {
  const completeThrough = completeThroughOf(context, model);
  const scan = await testIncrement(context, session, model, step, { relation, current, completeThrough });
  if (scan.outcomes.some(({ result }) => stops(result))) throw new HeldBack(scan.outcomes, scan.rows);
  return scan;
}

/** What is left here after a crash goes with the next run's garbage. */
async function dropScratch(context: RunContext, staged: StagedRows): Promise<void> {
  for (const table of [staged.rows, staged.unitTable]) {
    if (table !== undefined) await context.engine.execute(`drop table if exists ${qualify(table)}`);
  }
}
