import { createRequire } from 'node:module';

/*
 * DuckDB's client is CommonJS whose index hands on some hundred files: an `import` has Node read each of them for the names it may export, which takes twice as long as to run them and is most of what a
 * command needs to start. `require` does not look for names. Types are imported as usual.
 */
const nodeApi = createRequire(import.meta.url)('@duckdb/node-api') as typeof import('@duckdb/node-api');

export const { BIGINT, BOOLEAN, DOUBLE, DuckDBInstance, DuckDBTypeId, HUGEINT, INTEGER, SQLNULL, VARCHAR } = nodeApi;
