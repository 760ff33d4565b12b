import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type ManifestModel, parseType, type QualifiedName, qualify, quoteIdentifier } from '../../compiler/index.ts';
import type { FileLoad, FileToLoad, LoadResult, RawColumn, Session } from '../engine/engine.ts';
import type { FilePlan, PlannedStep } from '../schedule/run-plan.ts';
import type { Arrivals } from '../state/history-types.ts';
import { recordFiles, retireFiles, retirePaths } from '../state/record.ts';
import type { LoadedFileRecord, VersionRecord } from '../state/records.ts';
import { readDrift } from '../state/source-drift.ts';
import { createLog } from './apply-rows.ts';
import { countArrived, stepCounts } from './count-arrivals.ts';
import { countEvents } from './count-events.ts';
import { explainLacking, keepFileDrift, knownColumns } from './file-columns.ts';
import { refuseFewerRows } from './guard-history.ts';
import { HeldBack } from './held-back.ts';
import { type Told, tellDrift, tellRefused } from './keep-drift.ts';
import { latestSinceSql, latestSql } from './latest-time.ts';
import { lookupsOf } from './lookups-of.ts';
import { readFileMark } from './observe-sources.ts';
import { recordPublished } from './publish-version.ts';
import { type Naming, type RunContext, render, resolver, StepError, writeState } from './run-context.ts';
import type { StepOutcome } from './step-outcome.ts';
import { changesName, inTables, physicalName, publishedName, rejectedName } from './target-names.ts';
import { testIncrement } from './test-increment.ts';
import { stops, type TestOutcome, testRelation } from './test-relation.ts';
import { versionOf } from './version-of.ts';

/** Loads files, tests the rows, publishes the view and marks the files: one transaction, so that rows and marks are there together or not at all. */
export async function loadFiles(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  seconds: () => number,
): Promise<StepOutcome> {
  const plan = step.files!;
  try {
    const done = await writeState(context, (session) => loadInTransaction(context, session, model, step, seconds));
    context.published.set(model.name, done.version);
    tellDrift(context, model, [
      ...done.told,
      ...(done.told.some(({ isLoss }) => isLoss) ? [] : tellRefused(model, done.arrivals)),
    ]);
    return {
      status: 'built',
      tests: done.outcomes,
      rows: done.version.rows ?? 0,
      rejected: done.version.rejected ?? 0,
      arrivals: done.arrivals,
      filesLoaded: plan.load.length,
      published: true,
    };
  } catch (error) {
    if (!(error instanceof HeldBack)) throw error;
    return { status: 'failed', tests: error.outcomes, rows: error.rows };
  }
}

interface Loaded {
  readonly version: VersionRecord;
  readonly outcomes: readonly TestOutcome[];
  readonly arrivals: Arrivals;
  readonly told: readonly Told[];
}

async function loadInTransaction(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: PlannedStep,
  seconds: () => number,
): Promise<Loaded> {
  const plan = step.files!;
  const current = plan.anew ? undefined : context.published.get(model.name);
  const relation = current === undefined ? physicalName(model, step.build) : inTables(current.relation);
  const rejectedInto = rejectedName(relation);
  const folder = realpathSync(context.effects.folder);
  const fileAt = (name: string): FileToLoad => ({ name, path: join(folder, name) });
  const load: FileLoad = {
    into: relation,
    rejectedInto,
    format: model.source!.format ?? 'csv',
    ...(model.source!.delimiter === undefined ? {} : { delimiter: model.source!.delimiter }),
    columns: model.columns.map(rawColumn),
    files: plan.load.map(({ name }) => fileAt(name)),
    loaded: context.files.filter((file) => file.model === model.name).map(({ path }) => fileAt(path)),
    batch: step.build,
    loadedAt: context.startedAt,
  };
  if (plan.anew) {
    await context.engine.createRawTables(session, load);
    await retireFiles(session, model.name);
  }
  await createLog(session, model, relation);
  for (const path of plan.replace) await removeRows(session, model, relation, path, step.build);
  // Names are free for the files that have them now.
  await rememberFiles(context, session, model, plan);
  const { perFile, told } = await readFiles(context, session, model, plan, load);
  refuseFewerRows(context, model, step, perFile);
  const counts = new Map(perFile.map((count) => [count.name, count]));
  refuseMoved(context, plan);
  const files = plan.load.map((file): LoadedFileRecord => {
    const count = counts.get(file.name);
    const { name: path, size, modified, sha256 } = file;
    const loaded = { rows: count?.rows ?? 0, rejected: count?.rejected ?? 0, batch: step.build };
    return { model: model.name, relation: relation.table, path, size, modified, sha256, ...loaded };
  });
  await recordFiles(session, context.run, model.name, files, context.startedAt);
  if (plan.anew) await publishRaw(context, session, model, relation, rejectedInto);
  const rejected = perFile.reduce((sum, file) => sum + file.rejected, 0);
  const done = await finishLoad(context, session, model, step, { relation, rejectedInto, current, rejected }, seconds);
  return { ...done, told };
}

/** Reads them, and looks whether their columns are those that are declared. */
async function readFiles(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  plan: FilePlan,
  load: FileLoad,
): Promise<Pick<LoadResult, 'perFile'> & { readonly told: readonly Told[] }> {
  if (load.files.length === 0) return { perFile: [], told: [] };
  const open = await readDrift(session, model.name);
  const hasBefore = !plan.anew && context.files.some((file) => file.model === model.name);
  const known = knownColumns(open, !hasBefore);
  try {
    const loaded = await context.engine.load(session, { ...load, known });
    const { into: relation, batch: build } = load;
    const told = await keepFileDrift(context, session, { model, relation, build, loaded, hasBefore, open });
    return { perFile: loaded.perFile, told };
  } catch (error) {
    throw hasBefore ? explainLacking(context, model, error) : error;
  }
}

async function finishLoad(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: PlannedStep,
  tables: {
    readonly relation: QualifiedName;
    readonly rejectedInto: QualifiedName;
    /** The version that rows were added to; absent: all of them are new. */
    readonly current: VersionRecord | undefined;
    /** Rows of this load that could not be read. */
    readonly rejected: number;
  },
  seconds: () => number,
): Promise<Omit<Loaded, 'told'>> {
  const { relation, current } = tables;
  const completeThrough = await readWatermark(context, session, model, relation, current?.completeThrough);
  const scan = current
    ? await testIncrement(context, session, model, step, { relation, current, completeThrough, isRaw: true })
    : await testRelation(
        context,
        session,
        model,
        step.tests,
        resolver(context, { [model.name]: relation }),
        completeThrough,
      );
  if (scan.outcomes.some(({ result }) => stops(result))) throw new HeldBack(scan.outcomes, scan.rows);
  const counted = await session.execute(`select count(*) from ${qualify(tables.rejectedInto)}`);
  const rejected = Number(counted.rows[0]?.[0] ?? 0);
  const version = versionOf(context, model, step, {
    relation: tables.relation,
    kind: 'table',
    scan,
    completeThrough,
    rejected,
  });
  await countEvents(context, session, model, { relation, build: step.build, before: current?.build });
  const arrivals = await countArrived(context, session, model, step.build, {
    relation,
    where: `_batch = ${step.build}`,
    isMore: current !== undefined,
    completeThrough,
    rejected: { from: tables.rejectedInto, build: step.build, rows: tables.rejected },
  });
  await recordPublished(context, session, step, version, scan.outcomes, {
    seconds: seconds(),
    filesLoaded: step.files!.load.length,
    ...stepCounts(arrivals),
  });
  return { version, outcomes: scan.outcomes, arrivals };
}

export function rawColumn(column: ManifestModel['columns'][number]): RawColumn {
  const type = parseType(column.type ?? 'text');
  if (type === undefined)
    throw new StepError(`the column \`${column.name}\` has the type \`${column.type}\`, which is none of the language`);
  return {
    name: column.name,
    type,
    required: column.required,
    ...(column.zone === undefined ? {} : { zone: column.zone }),
    ...(column.from === undefined ? {} : { from: column.from }),
    ...(column.personal?.tags.length ? { personal: true } : {}),
  };
}

/** Rows that leave are written down for those who follow the source; rows that come are known by their batch. */
async function removeRows(
  session: Session,
  model: ManifestModel,
  relation: QualifiedName,
  path: string,
  build: number,
): Promise<void> {
  const columns = model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  await session.execute({
    sql: `insert into ${qualify(changesName(relation))} (${columns}, _build, _came) select ${columns}, ${build}, false from ${qualify(relation)} where _file = $1`,
    parameters: [path],
  });
  for (const table of [relation, rejectedName(relation)]) {
    await session.execute({ sql: `delete from ${qualify(table)} where _file = $1`, parameters: [path] });
  }
}

/** A file that was written to while it was read is not the file that was hashed. */
function refuseMoved(context: RunContext, plan: FilePlan): void {
  for (const file of plan.load) {
    const now = readFileMark(context.effects.folder, file.name);
    if (now.size !== file.size || now.modified !== file.modified) {
      throw new StepError(
        `\`${file.name}\` changed while it was loaded: nothing of it is kept; run again when it is complete`,
      );
    }
  }
}

async function publishRaw(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  relation: QualifiedName,
  rejectedInto: QualifiedName,
): Promise<void> {
  await context.engine.analyze(relation, session);
  await context.engine.indexLookups(relation, lookupsOf(context.manifest, model.name), session);
  const view = publishedName(context.manifest, context.target, model.name);
  const columns = model.columns.map((column) => column.name);
  const rejectedColumns = ['_file', '_line', '_batch', '_loaded_at', 'reason', 'row'];
  await context.engine.publish(session, [
    { view, over: relation, columns, ...(model.description === undefined ? {} : { comment: model.description }) },
    { view: rejectedName(view), over: rejectedInto, columns: rejectedColumns },
  ]);
}

/** Data is complete before the last arrival; without an arrival column, before the load. A row stamped in the future moves nothing. `before`: how far it was complete, where that is known. */
export async function readWatermark(
  context: Naming,
  session: Session,
  model: ManifestModel,
  relation: QualifiedName,
  before?: string,
): Promise<string> {
  const column = model.columns.find(({ name }) => name === model.source?.loadedAt);
  if (column === undefined) return context.startedAt;
  const through = context.startedAt;
  const ask = async (sql: string) => (await session.execute(render(context, sql, () => relation))).rows[0]?.[0] ?? null;
  const since = before === undefined ? null : await ask(latestSinceSql(model, column, { from: before, through }));
  const mark = since ?? (await ask(`select ${latestSql(column, { through })} from ${model.name}`));
  return mark === null ? context.startedAt : String(mark);
}

/** Files whose content is known already: their new name or time is written down, so that they are not hashed again; rows go by the name of their file, so theirs moves with it. */
export async function rememberFiles(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  plan: FilePlan,
): Promise<void> {
  const known = new Map(
    context.files.filter((record) => record.model === model.name).map((record) => [record.path, record]),
  );
  const records = plan.remember.flatMap(({ file, was }): LoadedFileRecord[] => {
    const before = known.get(was);
    return before === undefined ? [] : [{ ...before, path: file.name, size: file.size, modified: file.modified }];
  });
  await retirePaths(
    session,
    model.name,
    plan.remember.map(({ was }) => was),
  );
  await recordFiles(session, context.run, model.name, records, context.startedAt);
  const moved = plan.remember.filter(({ file, was }) => file.name !== was);
  const relation = context.published.get(model.name)?.relation;
  if (moved.length > 0 && relation !== undefined) await renameRows(session, inTables(relation), moved);
}

/** All at once: of two files that changed their names with each other, neither takes the other's rows along. */
async function renameRows(session: Session, relation: QualifiedName, moved: FilePlan['remember']): Promise<void> {
  const names = [moved.map(({ was }) => was).join('//'), moved.map(({ file }) => file.name).join('//')];
  for (const table of [relation, rejectedName(relation)]) {
    await session.execute({
      sql: `update ${qualify(table)} as t set _file = m.now from (select unnest(string_to_array($1, '//')) as was, unnest(string_to_array($2, '//')) as now) as m where t._file = m.was`,
      parameters: names,
    });
  }
}
