import { cpSync, createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { runByHand } from './hand-script.ts';
import { type Timing, timed } from './measure.ts';
import type { BenchDatabase } from './postgres-server.ts';

/** Where one side of the comparison works: a database that can be put back to where it was. */
export interface Side {
  /** A DuckDB file, or a PostgreSQL database. */
  readonly target: string | BenchDatabase;
  /** Takes the files into the table `arrived` and runs the rest, all in one transaction. */
  runByHand(files: string, statements: readonly string[]): Promise<Timing>;
  /** Remembers what there is now. */
  keep(): Promise<void>;
  /** Puts back what was kept. */
  restore(): Promise<void>;
  /** The one row that a query answers, as text. */
  ask(query: string): Promise<string>;
}

export function duckdbSide(folder: string, name: string): Side {
  const target = join(folder, `${name}.duckdb`);
  const kept = join(folder, `${name}.kept.duckdb`);
  return {
    target,
    runByHand: (files, statements) =>
      runByHand(target, [
        'begin',
        `create or replace temp table arrived as select * from read_parquet('${files}')`,
        ...statements,
        'commit',
      ]),
    keep: async () => cpSync(target, kept),
    restore: async () => {
      rmSync(`${target}.wal`, { force: true });
      cpSync(kept, target);
    },
    ask: (query) => askDuckdb(target, query),
  };
}

async function askDuckdb(path: string, query: string): Promise<string> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    return String((await connection.runAndReadAll(query)).getRows()[0]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** `name` is a database of this side alone; its server holds a copy of it as a template. `columns` are those of the files. */
export function postgresSide(folder: string, server: BenchDatabase, name: string, columns: string): Side {
  const database = server.of(name);
  return {
    target: database,
    runByHand: (files, statements) =>
      timed(() => copyAndRun(folder, database.url, columns, files, statements), database),
    keep: () => copyDatabase(server, name, `${name}_kept`),
    restore: () => copyDatabase(server, `${name}_kept`, name),
    ask: async (query) => String((await database.execute(query))[0]),
  };
}

async function copyDatabase(server: BenchDatabase, from: string, to: string): Promise<void> {
  await server.execute(`drop database if exists ${to} with (force)`);
  await server.execute(`create database ${to} template ${from} strategy file_copy`);
}

/** By way of a CSV file, since PostgreSQL reads no Parquet. */
async function copyAndRun(
  folder: string,
  url: string,
  columns: string,
  files: string,
  statements: readonly string[],
): Promise<void> {
  const csv = join(folder, 'arrived.csv');
  await writeCsv(files, csv);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("set timezone = 'UTC'");
    await client.query('begin');
    await client.query(`create temp table arrived (${columns})`);
    const copy = client.query(copyFrom('copy arrived from stdin (format csv)'));
    await pipeline(createReadStream(csv, { highWaterMark: 1 << 20 }), copy);
    await client.query('analyze arrived');
    for (const statement of statements) await client.query(statement);
    await client.query('commit');
  } finally {
    await client.end();
    rmSync(csv, { force: true });
  }
}

async function writeCsv(files: string, csv: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'");
    await connection.run(`copy (select * from read_parquet('${files}')) to '${csv}' (format csv, header false)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
