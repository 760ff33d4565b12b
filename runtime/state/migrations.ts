import { buildsMigration } from './builds-migration.ts';
import { claimsMigration } from './claims-migration.ts';
import { exportsMigration } from './exports-migration.ts';
import { segmentsMigration } from './segments-migration.ts';
import { sourcesMigration } from './sources-migration.ts';

/** A step of the state schema. Frozen once released: a change is a new migration. */
export interface Migration {
  readonly version: number;
  readonly what: string;
  /** Plain SQL that both engines read alike. No key or index: DuckDB replays those badly after a crash, and these tables are small. */
  readonly statements: readonly string[];
}

const first: Migration = {
  version: 1,
  what: 'the run journal, versions, loaded files, test results',
  statements: [
    `create table etalon_state.runs (
       id text, number bigint, command text, project text, target text, status text, etalon text, host text, pid bigint,
       started_at timestamptz, ended_at timestamptz, built bigint, failed bigint, skipped bigint, tests_failed bigint)`,
    `create table etalon_state.steps (
       run text, run_number bigint, model text, status text, reason text, ended_at timestamptz, seconds double precision,
       build bigint, rows_out bigint, rows_rejected bigint, files_loaded bigint, sql_hash text, error text)`,
    `create table etalon_state.intervals (
       model text, build bigint, period_from timestamptz, period_to timestamptz, status text, input_marks text, run text, recorded_at timestamptz)`,
    `create table etalon_state.cursors (
       model text, build bigint, row_count bigint, watermark text, run text, recorded_at timestamptz)`,
    `create table etalon_state.versions (
       model text, build bigint, fingerprint text, relation text, relation_kind text, inputs text, row_count bigint, rejected_count bigint,
       fresh_through timestamptz, complete_through timestamptz, valid_from timestamptz, valid_to timestamptz, run text)`,
    `create table etalon_state.test_results (
       run text, run_number bigint, test text, model text, severity text, max_rows bigint, max_share double precision, status text, tested bigint, failing bigint,
       message text, seconds double precision, recorded_at timestamptz, check_hash text, inputs text)`,
    'create table etalon_state.failures (run text, test text, model text, number bigint, row_keys text, reason text, recorded_at timestamptz)',
    'create table etalon_state.errors (run text, model text, kind text, message text, recorded_at timestamptz)',
    `create table etalon_state.locks (
       name text, owner text, process text, host text, pid bigint, acquired_at timestamptz, heartbeat_at timestamptz)`,
    "insert into etalon_state.locks (name) values ('run'), ('heartbeat')",
    `create table etalon_state.loaded_files (
       model text, relation text, path text, size bigint, modified text, sha256 text, row_count bigint, rejected_count bigint,
       batch bigint, run text, loaded_at timestamptz, current boolean)`,
  ],
};

const arrivals: Migration = {
  version: 2,
  what: 'what a cursor counted, to tell rows that arrived from rows that were changed',
  statements: [
    'alter table etalon_state.cursors add column settled bigint',
    'alter table etalon_state.cursors add column arrived bigint',
    'alter table etalon_state.cursors add column absent bigint',
  ],
};

const ledger: Migration = {
  version: 3,
  what: 'the ledger of periods, and backfills',
  statements: [
    'alter table etalon_state.intervals add column relation text',
    'alter table etalon_state.intervals add column row_count bigint',
    // The last count of a period in the published table; one whose late rows wait is told so until a backfill or a new table.
    `create view etalon_state.periods as
       select l.model, l.period_from, l.period_to,
         case when l.late_at > coalesce(l.repaired_at, -1) then 'late' when l.period_to > v.complete_through then 'partial' else 'done' end as status,
         l.row_count, l.build, l.recorded_at
       from (select i.*,
               row_number() over (partition by i.relation, i.period_from order by case when i.row_count is null then 1 else 0 end, i.build desc) as place,
               max(case when i.status = 'late' then i.build end) over (partition by i.relation, i.period_from) as late_at,
               max(case when i.status = 'repaired' then i.build end) over (partition by i.relation, i.period_from) as repaired_at
             from etalon_state.intervals i) l
       join etalon_state.versions v on v.relation = l.relation and v.valid_to is null
       where l.place = 1`,
    'create table etalon_state.backfills (id text, number bigint, day_from text, day_to text, newest_first boolean, planned_at timestamptz)',
    `create table etalon_state.backfill_batches (
       backfill text, number bigint, model text, relation text, day_from text, day_to text, status text, changed bigint, run text, recorded_at timestamptz)`,
  ],
};

const sourceHistory: Migration = {
  version: 4,
  what: 'what source tables held, by month of arrival, to tell a source that has lost rows',
  statements: [
    'create table etalon_state.source_history (model text, arrival text, month date, row_count bigint, build bigint, recorded_at timestamptz)',
  ],
};

const checks: Migration = {
  version: 5,
  what: 'problems by root cause, and accounts of tracking plans',
  statements: [
    // A row is a problem from its beginning to its end, as a row of versions is.
    `create table etalon_state.problems (
       id text, kind text, subject text, model text, severity text, essence text, reason text, skipped text, run text, since timestamptz,
       told_at timestamptz, ended_at timestamptz, ended_run text, outcome text, end_told_at timestamptz)`,
    `create table etalon_state.event_counts (
       model text, relation text, plan_hash text, build bigint, day date, event text, property text, events bigint, bad bigint, unknown bigint,
       run text, recorded_at timestamptz)`,
    `create view etalon_state.events_by_day as
       select model, day, event, property, cast(sum(events) as bigint) as events, cast(sum(bad) as bigint) as bad, cast(sum(unknown) as bigint) as unknown
       from etalon_state.event_counts group by model, day, event, property
       having sum(events) <> 0 or sum(bad) <> 0`,
  ],
};

const accounts: Migration = {
  version: 6,
  what: 'the account of the rows of a model',
  statements: [
    'create table etalon_state.accounts (model text, build bigint, part text, rule text, row_count bigint, run text, recorded_at timestamptz)',
  ],
};

export const migrations: readonly Migration[] = [
  first,
  arrivals,
  ledger,
  sourceHistory,
  checks,
  accounts,
  claimsMigration,
  sourcesMigration,
  segmentsMigration,
  exportsMigration,
  buildsMigration,
];

export const newestVersion = migrations.at(-1)!.version;
