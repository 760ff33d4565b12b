import type { Migration } from './migrations.ts';

/** What sources deliver that the definitions do not expect: other columns, rows too late, too early, or not to be read. */
export const sourcesMigration: Migration = {
  version: 8,
  what: 'drift of the columns of sources, and what arrived in each run',
  statements: [
    // The columns of a source table when it was last read: their types in the language's words and in the database's.
    `create table etalon_state.source_columns (
       model text, column_name text, type text, database_type text, run text, recorded_at timestamptz)`,
    // A row is a column that is not as declared, from when to when.
    `create table etalon_state.source_drift (
       model text, column_name text, kind text, type text, declared_type text, message text, accepted boolean, run text, since timestamptz,
       ended_at timestamptz, ended_run text, outcome text)`,
    'alter table etalon_state.steps add column rows_in bigint',
    'alter table etalon_state.steps add column rows_late bigint',
    'alter table etalon_state.steps add column rows_future bigint',
    `create table etalon_state.source_arrivals (
       model text, build bigint, rows_in bigint, rows_late bigint, rows_future bigint, rows_rejected bigint,
       first_time timestamptz, last_time timestamptz, run text, recorded_at timestamptz)`,
    'create table etalon_state.source_rejections (model text, build bigint, reason text, row_count bigint, run text, recorded_at timestamptz)',
    `create view etalon_state.arrivals as
       select a.model, a.build, a.run, a.recorded_at, a.rows_in, a.rows_late, a.rows_future, a.rows_rejected, r.reasons, a.first_time, a.last_time
       from etalon_state.source_arrivals a
       left join (
         select model, build, string_agg(reason || ': ' || cast(row_count as text), '; ' order by row_count desc, reason) as reasons
         from etalon_state.source_rejections group by model, build
       ) r on r.model = a.model and r.build = a.build`,
  ],
};
