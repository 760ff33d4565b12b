import type { Migration } from './migrations.ts';

/** What left the house. */
export const exportsMigration: Migration = {
  version: 13,
  what: 'the ledger of exports, a chain of hashes, and batches on their way',
  statements: [
    // Instants are text here: a line's hash is of the very digits that were written.
    `create table etalon_state.export_ledger (
       number bigint, id text, what text, exported_at text, who text, role text, purpose text, segment text, segment_version bigint, fingerprint text, as_of text,
       column_names text, destination text, row_count bigint, ids_hash text, content_hash text, watermark text, previous_hash text, hash text)`,
    // How many lines there are and the last one's hash: without it the last lines could go unseen. No row before the first export.
    'create table etalon_state.export_head (lines bigint, hash text)',
    // A batch is kept until it is delivered, so that it is the same when it is sent again; then its body goes.
    `create table etalon_state.export_batches (
       export text, number bigint, row_count bigint, body text, body_hash text, sent_at timestamptz)`,
  ],
};
