import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgresObstacle, freshDatabase } from '../../tests/support/postgres.ts';
import type { ExpressionType, ShapeColumn } from '../expression/contract.ts';
import { inferSelect } from '../expression/infer-select.ts';
import { parseSelect } from '../expression/parse-select.ts';
import { loadParser } from '../expression/parser.ts';
import type { SqlText } from '../source/source-file.ts';
import { conditionCases } from './cases/conditions.ts';
import { factColumns, factRows, userColumns, userRows } from './cases/facts.ts';
import { jsonCases } from './cases/json.ts';
import { numberCases } from './cases/numbers.ts';
import { queryCases } from './cases/queries.ts';
import { textCases } from './cases/texts.ts';
import { timeCases } from './cases/times.ts';
import type { DialectName, QualifiedName } from './contract.ts';
import { qualify, quoteLiteral } from './quote.ts';
import { renderSql } from './render-sql.ts';
import { renderType } from './render-type.ts';

interface Result {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}
type Query = (sql: string) => Promise<Result>;

const obstacle = findPostgresObstacle();
const shapes = new Map<string, readonly ShapeColumn[]>([
  ['marts.facts', factColumns],
  ['clean.users', userColumns],
]);
const nameOf = (model: string): QualifiedName => ({
  schema: `${model.split('.')[0]}_dev`,
  table: `${model.split('.')[1]}_v1`,
});
const cleanup: (() => Promise<void> | void)[] = [];
let duckdb: Query;
let postgres: Query;

async function openDuckdb(): Promise<Query> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  cleanup.push(() => {
    connection.closeSync();
    instance.closeSync();
  });
  return async (sql) => {
    const reader = await connection.runAndReadAll(sql);
    return { names: reader.columnNames(), types: reader.columnTypes().map(String), rows: reader.getRowsJson() };
  };
}

/** With a locale that orders text by language: what goes by bytes must say so itself. */
async function openPostgres(): Promise<Query> {
  const { url, drop } = await freshDatabase();
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(
    "create database etalon_icu template template0 locale_provider icu icu_locale 'en-US' encoding utf8",
  );
  await admin.end();
  const client = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/etalon_icu') });
  await client.connect();
  await client.query("set timezone = 'UTC'");
  const text = { getTypeParser: () => (value: string) => value };
  cleanup.push(async () => {
    await client.end();
    const last = new pg.Client({ connectionString: url });
    await last.connect();
    await last.query('drop database if exists etalon_icu with (force)');
    await last.end();
    await drop();
  });
  return async (sql) => {
    const result = await client.query({ text: sql, rowMode: 'array', types: text as never });
    return {
      names: result.fields?.map((f) => f.name) ?? [],
      types: result.fields?.map((f) => String(f.dataTypeID)) ?? [],
      rows: result.rows as unknown[][],
    };
  };
}

async function load(query: Query, dialect: DialectName): Promise<void> {
  const tables = [
    ['marts.facts', factColumns, factRows],
    ['clean.users', userColumns, userRows],
  ] as const;
  for (const [model, columns, rows] of tables) {
    const name = nameOf(model);
    await query(`create schema "${name.schema}"`);
    await query(
      `create table ${qualify(name)} (${columns.map((c) => `${c.name} ${renderType(c.type, dialect)}`).join(', ')})`,
    );
    await query(
      `insert into ${qualify(name)} values ${rows.map((row) => `(${row.map((v) => quoteLiteral(v)).join(', ')})`).join(', ')}`,
    );
  }
}

beforeAll(async () => {
  await loadParser();
  duckdb = await openDuckdb();
  await load(duckdb, 'duckdb');
  if (obstacle === undefined) {
    postgres = await openPostgres();
    await load(postgres, 'postgres');
  }
});
afterAll(async () => {
  for (const close of cleanup) await close();
});

function file(text: string): SqlText {
  const start = { offset: 0, line: 1, column: 1 };
  return { text, span: { file: 'm.sql', start, end: start } };
}

/** What engines call the types of the language. */
const kinds: Readonly<Record<string, RegExp>> = {
  integer: /^(20|21|23|BIGINT|INTEGER|SMALLINT)$/,
  decimal: /^(1700|DECIMAL.*)$/,
  double: /^(701|DOUBLE)$/,
  text: /^(25|VARCHAR|1043)$/,
  boolean: /^(16|BOOLEAN)$/,
  date: /^(1082|DATE)$/,
  timestamp: /^(1184|1114|TIMESTAMP WITH TIME ZONE|TIMESTAMP)$/,
  json: /^(3802|114|JSON|VARCHAR)$/,
  interval: /^(1186|INTERVAL)$/,
};

function canonical(value: unknown, type: ExpressionType | undefined): unknown {
  if (value === null || value === undefined) return null;
  switch (type?.name) {
    case 'integer':
    case 'decimal':
      return type.name === 'decimal' && type.scale === undefined
        ? Number(value)
        : String(value)
            .replace(/(\.\d*?)0+$/, '$1')
            .replace(/\.$/, '');
    case 'double':
      return Number(value);
    case 'boolean':
      return value === true || value === 't' || value === 'true';
    case 'json':
      return typeof value === 'string' ? JSON.parse(value) : value;
    default:
      return String(value);
  }
}

function isClose(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
  return false;
}

async function expectAgreement(sql: string): Promise<void> {
  const { select, diagnostics } = parseSelect(file(sql));
  expect(diagnostics).toEqual([]);
  const again = parseSelect(file(select!.canonical)).select!;
  expect(again.canonical).toBe(select!.canonical);
  const shape = inferSelect(select!, (model) => shapes.get(model));
  expect(shape.diagnostics.filter((found) => found.severity === 'error')).toEqual([]);
  const options = { shapeOf: (model: string) => shapes.get(model), runAt: '2025-06-30 12:00:00+00' };
  const sqlOf = (dialect: DialectName): string => renderSql(select!.canonical, dialect, nameOf, options);
  const left = await duckdb(sqlOf('duckdb')).catch((error: Error) => {
    throw new Error(`${error.message}\n${sqlOf('duckdb')}`);
  });
  if (obstacle !== undefined) return;
  const right = await postgres(sqlOf('postgres')).catch((error: Error) => {
    throw new Error(`${error.message}\n${sqlOf('postgres')}`);
  });
  expect(left.names).toEqual(right.names);
  expect(left.names).toEqual(shape.columns.map((column) => column.name));
  shape.columns.forEach(({ type, name }, i) => {
    if (!type) return;
    const kind = kinds[type.name]!;
    expect(right.types[i], `PostgreSQL's type of ${name}, inferred as ${type.name}`).toMatch(kind);
    const loose = type.name === 'decimal' && type.scale === undefined;
    expect(left.types[i], `DuckDB's type of ${name}, inferred as ${type.name}`).toMatch(
      loose ? /^(DECIMAL.*|DOUBLE)$/ : kind,
    );
  });
  const rowsOf = (result: Result): unknown[][] => {
    const rows = result.rows.map((row) => row.map((value, i) => canonical(value, shape.columns[i]?.type)));
    return /order by [^)]*$/i.test(sql) ? rows : rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  };
  const [a, b] = [rowsOf(left), rowsOf(right)];
  const different =
    a.length !== b.length ||
    a.some((row, i) =>
      row.some((value, k) => JSON.stringify(value) !== JSON.stringify(b[i]![k]) && !isClose(value, b[i]![k])),
    );
  if (different) expect({ duckdb: a, sql: [sqlOf('duckdb'), sqlOf('postgres')] }).toEqual({ duckdb: b, sql: '' });
}

const expressionCases = { ...numberCases, ...conditionCases, ...textCases, ...timeCases, ...jsonCases };

describe.each(Object.entries(expressionCases))('both engines agree on %s', (_, expressions) => {
  it.each(expressions)('%s', async (expression) => {
    await expectAgreement(`select id as row_id, ${expression} as value from marts.facts order by row_id`);
  });
});

describe('both engines agree on queries', () => {
  it.each(Object.entries(queryCases))('%s', async (_, sql) => {
    await expectAgreement(sql);
  });
});

it.runIf(obstacle !== undefined)(`PostgreSQL was not asked: ${obstacle}`, () => {});
