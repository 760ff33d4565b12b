import type { Migration } from './migrations.ts';

/** Runs side by side: what each of them writes and reads, instead of one claim on the whole target. */
export const claimsMigration: Migration = {
  version: 7,
  what: 'claims of runs on models, with a fencing token',
  statements: [
    // One row. Whoever claims changes it first, so claims are taken one after another; it counts them.
    'create table etalon_state.claim_tokens (token bigint)',
    'insert into etalon_state.claim_tokens (token) values (0)',
    `create table etalon_state.claimants (
       run text, token bigint, command text, host text, pid bigint, process text, acquired_at timestamptz, heartbeat_at timestamptz)`,
    'create table etalon_state.claims (run text, token bigint, model text, mode text)',
    // A run of an earlier Etalon that is under way now does not know of these tables: without its row it writes nothing more.
    'delete from etalon_state.locks',
  ],
};
