import type { Migration } from './migrations.ts';

/** What segments remember: their rules, when they were evaluated, who was in from when to when, and what each condition said last. */
export const segmentsMigration: Migration = {
  version: 12,
  what: 'membership of segments',
  statements: [
    // A rule that was evaluated: enough of it to be computed again, and where its quantiles were frozen.
    `create table etalon_state.segment_versions (
       segment text, rule text, version bigint, definition text, breaks text, breaks_as_of timestamptz, run text, recorded_at timestamptz)`,
    // A row is what was known of a cut from `known_at` on, until it was known better. `inputs`: the build of each model that was read, where the next evaluation may go on from there.
    `create table etalon_state.segment_evaluations (
       segment text, rule text, version bigint, as_of timestamptz, known_at timestamptz, known_until timestamptz, run text, looked_at bigint, why_all text,
       population bigint, size bigint, unknown bigint, entered bigint, went bigint, inputs text)`,
    'create table etalon_state.segment_parts (segment text, as_of timestamptz, known_at timestamptz, part text, size bigint, entered bigint, went bigint)',
    `create table etalon_state.segment_memberships (
       segment text, rule text, version bigint, part text, entity text, entered_at timestamptz, left_at timestamptz, known_at timestamptz, known_until timestamptz, run text)`,
    // Everyone there is at the last cut.
    'create table etalon_state.segment_masks (segment text, entity text, verdict text, mask text)',
    `create view etalon_state.segment_members as
       select segment, version, part, entity, entered_at, run from etalon_state.segment_memberships where left_at is null and known_until is null`,
    `create view etalon_state.segment_history as
       select segment, version, as_of, known_at, population, size, unknown, entered, went, run from etalon_state.segment_evaluations where known_until is null`,
  ],
};
