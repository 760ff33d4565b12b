import type { Value } from '../../compiler/index.ts';
import type { QueryResult, Session } from '../engine/engine.ts';
import { newestVersion } from './migrations.ts';
import type { Store } from './open-store.ts';
import { readProblems } from './problems.ts';
import type { CursorRecord, LoadedFileRecord, StateSnapshot, TestMark, VersionRecord } from './records.ts';
import { defined, statement, toBuilds, toCount, toOptionalCount, toOptionalText, toText } from './rows.ts';
import { StateError } from './state-error.ts';

const versionColumns = `model, build, fingerprint, relation, relation_kind, inputs, row_count, rejected_count,
  fresh_through, complete_through, valid_from, valid_to, run`;

/** Reads everything that planning a run needs; a target never written to gives an empty snapshot. */
export async function readSnapshot(store: Store): Promise<StateSnapshot> {
  const { session, relations } = store;
  if (store.schemaVersion === 0) {
    return { versions: [], files: [], cursors: [], tests: [], failures: {}, problems: [], relations };
  }
  if (store.schemaVersion < newestVersion) {
    throw new StateError(
      `the schema \`etalon_state\` of this target has version ${store.schemaVersion}, this Etalon wants ${newestVersion}: \`etalon run\` brings it up to date`,
    );
  }
  const versions = await session.execute(
    `select ${versionColumns}, since from (
       select v.*, min(build) over (partition by model, relation) as since from etalon_state.versions v
     ) made where valid_to is null order by model`,
  );
  const files = await session.execute(
    `select model, relation, path, size, modified, sha256, row_count, rejected_count, batch
     from etalon_state.loaded_files where current order by model, path`,
  );
  const cursors = await session.execute(
    `select c.model, c.build, c.row_count, c.watermark, c.settled, c.arrived, c.absent from etalon_state.cursors c
     join etalon_state.versions v on v.model = c.model and v.build = c.build where v.valid_to is null`,
  );
  const tests = await session.execute(
    `select test, check_hash, inputs, status from (
       select r.*, row_number() over (partition by test order by run_number desc) as place from etalon_state.test_results r
     ) ranked where place = 1`,
  );
  const failures = await session.execute(
    `select ranked.model, ranked.reason from (
       select s.*, row_number() over (partition by model order by run_number desc) as place
       from etalon_state.steps s where status in ('built', 'failed', 'fresh')
     ) ranked
     left join etalon_state.versions v on v.model = ranked.model and v.build = ranked.build and v.valid_to is null
     where place = 1 and status = 'failed' and v.model is null`,
  );
  return {
    versions: versions.rows.map((row) => ({ ...toVersion(row), since: toCount(row[13]) })),
    files: files.rows.map(toFile),
    cursors: cursors.rows.map(toCursor),
    tests: tests.rows.map(toTestMark),
    failures: Object.fromEntries(failures.rows.map(([model, reason]) => [toText(model), toText(reason)])),
    problems: await readProblems(store),
    relations,
  };
}

/** The published version of one model, or undefined. */
export async function findCurrentVersion(store: Store, model: string): Promise<VersionRecord | undefined> {
  if (store.schemaVersion === 0) return undefined;
  const found: QueryResult = await store.session.execute(
    statement(`select ${versionColumns} from etalon_state.versions where valid_to is null and model = $1`, model),
  );
  const row = found.rows[0];
  return row && toVersion(row);
}

/** The largest build of a model that the journal knows of; 0: none. */
export async function readLastBuild(session: Session, model: string): Promise<number> {
  const found = await session.execute({
    sql: 'select max(build) from etalon_state.steps where model = $1',
    parameters: [model],
  });
  return toCount(found.rows[0]?.[0]);
}

/** Every version ever published, the newest first within a model. */
export async function readVersions(store: Store): Promise<readonly VersionRecord[]> {
  if (store.schemaVersion === 0) return [];
  const all = await store.session.execute(
    `select ${versionColumns} from etalon_state.versions order by model, build desc`,
  );
  return all.rows.map(toVersion);
}

type Row = readonly Value[];

function toVersion(row: Row): VersionRecord {
  return defined({
    model: toText(row[0]),
    build: toCount(row[1]),
    fingerprint: toText(row[2]),
    relation: toText(row[3]),
    relationKind: toText(row[4]) === 'view' ? ('view' as const) : ('table' as const),
    inputs: toBuilds(row[5]),
    rows: toOptionalCount(row[6]),
    rejected: toOptionalCount(row[7]),
    freshThrough: toOptionalText(row[8]),
    completeThrough: toOptionalText(row[9]),
    validFrom: toText(row[10]),
    validTo: toOptionalText(row[11]),
    run: toText(row[12]),
  });
}

function toFile(row: Row): LoadedFileRecord {
  return {
    model: toText(row[0]),
    relation: toText(row[1]),
    path: toText(row[2]),
    size: toCount(row[3]),
    modified: toText(row[4]),
    sha256: toText(row[5]),
    rows: toCount(row[6]),
    rejected: toCount(row[7]),
    batch: toCount(row[8]),
  };
}

function toCursor(row: Row): CursorRecord {
  return defined({
    model: toText(row[0]),
    build: toCount(row[1]),
    rows: toCount(row[2]),
    watermark: toOptionalText(row[3]),
    counts:
      row[4] === null || row[4] === undefined
        ? undefined
        : { settled: toCount(row[4]), arrived: toCount(row[5]), absent: toCount(row[6]) },
  });
}

function toTestMark(row: Row): TestMark {
  return {
    test: toText(row[0]),
    checkHash: toText(row[1]),
    inputs: toBuilds(row[2]),
    status: toText(row[3]) as TestMark['status'],
  };
}
