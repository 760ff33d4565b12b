import type { Capabilities } from '../engine.ts';

export const duckdbCapabilities: Capabilities = {
  dialect: 'duckdb',
  transactionalDdl: true,
  concurrentProcesses: false,
  indexes: false,
  partitions: false,
  temporarySchema: 'temp',
  reasons: {
    transactionalDdl: 'CREATE, DROP and views take part in a transaction and are undone by ROLLBACK',
    concurrentProcesses: 'one process owns the file; a lock file beside it says which',
    indexes: 'columns carry min-max statistics by row group, and replaying the log of an indexed table has had defects',
    partitions: 'a table is one file segment; row groups out of a filter’s range are skipped',
    temporarySchema: 'a catalog of the connection, in memory: nothing of it goes through the log of the file',
  },
};
