import type { Capabilities } from '../engine.ts';

export const postgresCapabilities: Capabilities = {
  dialect: 'postgres',
  transactionalDdl: true,
  concurrentProcesses: true,
  indexes: true,
  partitions: true,
  temporarySchema: 'pg_temp',
  reasons: {
    transactionalDdl: 'tables and views take part in a transaction; readers see the old ones until COMMIT',
    concurrentProcesses: 'a server: rows are locked, not the database; runs claim their tables',
    indexes: 'a lookup by key otherwise reads the whole heap; BRIN serves sorted heaps',
    partitions: 'declarative partitions are dropped and attached without rewriting the rest',
    temporarySchema: 'an alias of the session’s own schema',
  },
};
