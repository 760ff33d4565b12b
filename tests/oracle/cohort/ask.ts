import { expect } from 'vitest';
import {
  compileFiles,
  type ExampleDefinition,
  type ExampleValue,
  type Manifest,
  planExample,
  renderSql,
  shapesOf,
  type Value,
} from '../../../compiler/index.ts';
import type { Engine } from '../../../runtime/index.ts';
import { dateOf, toText } from './clock.ts';
import type { Asked, Event } from './log.ts';

const models = {
  events: 'event_id: integer, user_id: text, at: timestamp, kind: text, value: integer, order_id: text, flag: boolean',
  others: 'event_id: integer, user_id: text, at: timestamp',
  contracts: 'event_id: integer, user_id: text, at: timestamp, ended_at: timestamp, value: integer',
} as const;

const activities = `activities:
  start: {from: marts.events, entity: user, time: at, where: kind = 'start'}
  back: {from: marts.events, entity: user, time: at, where: kind = 'back'}
  done: {from: marts.events, entity: user, time: at, where: kind = 'done'}
  spend: {from: marts.events, entity: user, time: at, where: kind = 'spend', value: value, order: order_id}
  sale: {from: marts.events, entity: user, time: at, where: kind = 'spend' and value > 0, value: value, order: order_id}
  other: {from: marts.others, entity: user, time: at}
  either: {any: [back, other]}
  contract: {from: marts.contracts, entity: user, time: at, until: ended_at, value: value}
`;

/** A project with one metric, `m`, of these knobs: what an author would write, read by the compiler itself. */
export function compileForm(form: string, knobs: object, cohort: object = { anchor: 'start' }): Manifest {
  const files: Record<string, string> = {
    'project.yml':
      'project: oracle\nlanguage: 1\nentities:\n  user: {key: user_id}\ntargets:\n  dev: {engine: duckdb, path: target/x.duckdb}\ntarget: dev\n',
    'metrics/m.yml': `${activities}cohorts:\n  group: ${JSON.stringify(cohort)}\nmetrics:\n  m:\n    ${form}: ${JSON.stringify(knobs)}\n`,
  };
  for (const [name, columns] of Object.entries(models))
    files[`models/marts/${name}.yml`] = `key: event_id\ntime: at\ncolumns: {${columns}}\n`;
  const { manifest, diagnostics } = compileFiles(
    Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text })),
  );
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return manifest!;
}

/** A row of `marts.events`, or with `model` of another. */
export interface Row extends Event {
  readonly kind: 'start' | 'back' | 'done' | 'spend';
  readonly until?: bigint | null;
}

const place = { file: 'oracle', start: { offset: 0, line: 1, column: 1 }, end: { offset: 0, line: 1, column: 1 } };
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

function cellsOf(row: Row): Record<string, ExampleValue> {
  const common = { event_id: { number: String(row.key) }, user_id: row.entity, at: toText(row.at) };
  const value = row.value === undefined ? null : { number: String(row.value) };
  if (row.model === 'contracts') return { ...common, value, ended_at: row.until == null ? null : toText(row.until) };
  if (row.model === 'others') return common;
  return {
    ...common,
    kind: row.kind,
    flag: row.matches ?? true,
    value,
    order_id: row.order ?? null,
  };
}

/** What an engine answers over these rows, as records; dates as text, counts and amounts as numbers. */
export async function ask(
  engine: Engine,
  manifest: Manifest,
  rows: readonly Row[],
  asked: Asked,
  more: Partial<ExampleDefinition> = {},
): Promise<Record<string, string | number | null>[]> {
  const given = Object.keys(models).map((name) => ({
    model: `marts.${name}`,
    rows: rows.filter((row) => (row.model ?? 'events') === name).map((row) => ({ cells: cellsOf(row), span: place })),
    span: place,
  }));
  const { zone: timezone, weekStart } = asked.calendar;
  const example: ExampleDefinition = {
    title: 'of the oracle',
    given,
    asOf: toText(asked.asOf),
    calendar: { timezone, weekStart: days[weekStart - 1]!, fiscalYearStart: 1 },
    by: [],
    from: dateOf(asked.from),
    to: dateOf(asked.to),
    ordered: false,
    expect: { form: 'rows', rows: [] },
    disagree: [],
    span: place,
    ...more,
  };
  const { plan, diagnostics } = planExample(manifest, 'm', example);
  expect(diagnostics).toEqual([]);
  const sql = renderSql(
    plan!.sql,
    engine.capabilities.dialect,
    (name): never => {
      throw new Error(`reads ${name}`);
    },
    { shapeOf: shapesOf(manifest) },
  );
  const result = await engine.execute(sql);
  return result.rows.map((row) =>
    Object.fromEntries(plan!.columns.map((column, i) => [column.name, plain(row[i] ?? null, column.type)])),
  );
}

function plain(value: Value, type: string): string | number | null {
  if (value === null) return null;
  return /^(integer|decimal|double)/.test(type) ? Number(Number(value).toFixed(9)) : String(value);
}

/** A share as the engines' answers are compared. */
export function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : Number((part / whole).toFixed(9));
}
