import type { Migration } from './migrations.ts';

/** What each `etalon build` found, as far as it differs from the build before: definitions, and values of periods that are over. */
export const buildsMigration: Migration = {
  version: 15,
  what: 'what builds found: definitions and values, to be compared',
  statements: [
    'create table etalon_state.builds (number bigint, run text, etalon text, built_at timestamptz)',
    // Changes only: `added`, `changed`, `removed`.
    `create table etalon_state.build_definitions (
       build bigint, kind text, name text, change text, fingerprint text, version bigint, title text, reason text)`,
    // The value of a period under one meaning; `previous`: what an earlier build found for it under the same.
    `create table etalon_state.build_values (
       build bigint, metric text, fingerprint text, version bigint, grain text, period text, value text, previous text)`,
  ],
};
