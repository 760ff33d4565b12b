import { expect, test } from 'vitest';
import { mapPostgresError } from './map-postgres-error.ts';

const same = (text: string) => text;

test.each([
  [
    { code: '53100', message: 'could not extend file "base/16384/16385": No space left on device', hint: 'Check it.' },
    'resources',
    'the disk of the server is full (free some room there, then run again)',
  ],
  [
    { code: '53400', message: 'temporary file size exceeds "temp_file_limit" (1024kB)' },
    'resources',
    'sorting and joining needs more of the disk than `temp_file_limit` of the server allows (raise `temp_file_limit`, or `work_mem`, for this role or database)',
  ],
  [
    { code: '25006', message: 'cannot execute UPDATE in a read-only transaction' },
    'read_only',
    'the database takes no writes (it is a standby, or `default_transaction_read_only` is set for the server, the database or the role)',
  ],
  [
    { code: '55P03', message: 'canceling statement due to lock timeout' },
    'transient',
    "somebody else reads or changes the same table or view, and did not end in time (run again when they have ended: `select pid, usename, query from pg_stat_activity where state <> 'idle'`)",
  ],
] as const)('what a server refuses is told with what helps, and without its files: %o', (fault, kind, told) => {
  const error = mapPostgresError(fault, same);
  expect([error.kind, `${error.message} (${error.hint})`]).toEqual([kind, told]);
  // Whoever must know what it was finds it all the same.
  expect(error.mentions(fault.message)).toBe(true);
});
