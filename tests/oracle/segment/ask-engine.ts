import { expect } from 'vitest';
import {
  compileFiles,
  type ExampleDefinition,
  type ExampleValue,
  type Manifest,
  planExample,
  planSegmentExample,
  renderSql,
  shapesOf,
  type Value,
} from '../../../compiler/index.ts';
import type { Engine } from '../../../runtime/index.ts';
import { toText } from '../cohort/clock.ts';
import { type Case, colours, properties, type Row } from './arbitrary.ts';
import type { SegmentEvent, SegmentWorld, WrittenSegment } from './world.ts';

const files: Readonly<Record<string, string>> = {
  'project.yml': `project: oracle
language: 1
entities:
  user: {key: user_id, attributes: marts.users}
exclude:
  test_users: {entity: user, in: marts.users, where: is_test}
targets:
  dev: {engine: duckdb, path: target/x.duckdb}
target: dev
`,
  'models/marts/users.yml':
    'key: user_id\ntime: since\ncolumns: {user_id: text, plan: text, age: integer, is_test: boolean, since: timestamp}\n',
  'models/marts/events.yml':
    'key: event_id\ntime: at\ncolumns: {event_id: integer, user_id: text, at: timestamp, kind: text, value: integer, color: text}\n',
  'models/raw/rest.yml': 'source: {files: data/*.csv}\ncolumns: {event_id: integer, user_id: text, at: timestamp}\n',
  'models/marts/rest.yml': 'from: raw.rest\nkey: event_id\ncolumns: {event_id: null, user_id: null, at: null}\n',
  'models/marts/others.yml':
    'materialized: view\nkey: event_id\ntime: at\ncolumns: {event_id: integer, user_id: text, at: timestamp}\n',
  'models/marts/others.sql': 'select event_id, user_id, at from marts.rest where event_id > 0\n',
  'metrics/m.yml': `activities:
  start: {from: marts.events, entity: user, time: at, where: kind = 'start'}
  back: {from: marts.events, entity: user, time: at, where: kind = 'back'}
  spend: {from: marts.events, entity: user, time: at, where: kind = 'spend', value: value}
  other: {from: marts.others, entity: user, time: at}
  either: {any: [back, other]}
from: marts.events
where: kind = 'spend'
metrics:
  spent: sum(value)
  spends: count(*)
  mean_spent: spent / spends
  spent_filled: {is: sum(value), fill: 0}
`,
  'metrics/cohorts.yml': `cohorts: {begun: {anchor: start}}
metrics: {kept: {retention: {cohort: begun, return: back, every: day, periods: 2}}}
`,
  'lists/some.csv': 'user_id\nb\nc\nz\n',
};

/** What an author would write, read by the compiler itself. */
export function compileSegments(segments: Readonly<Record<string, WrittenSegment>>): Manifest {
  const written = Object.entries(segments).map(([name, one]) => [name, { entity: 'user', ...one }] as const);
  const text = `segments: ${JSON.stringify(Object.fromEntries(written))}\n`;
  // What is defined is used.
  const uses = `  uses: {entity: user, where: {list: lists/some.csv}, exclude: [test_users]}\n`;
  const all = { ...files, 'segments/s.yml': text, 'segments/uses.yml': `segments:\n${uses}` };
  const { manifest, diagnostics } = compileFiles(
    Object.entries(all).map(([path, body]) => ({ kind: 'source-file' as const, path, text: body })),
  );
  // That nothing builds the models is as it should be: rows come with each question.
  expect(diagnostics.filter(({ code }) => code !== 'E1303')).toEqual([]);
  return manifest!;
}

const place = { file: 'oracle', start: { offset: 0, line: 1, column: 1 }, end: { offset: 0, line: 1, column: 1 } };
const number = (n: number | null): ExampleValue => (n === null ? null : { number: String(n) });

function given({ users, rows }: Case): ExampleDefinition['given'] {
  const table = (model: string, cells: readonly Readonly<Record<string, ExampleValue>>[]) => ({
    model: `marts.${model}`,
    rows: cells.map((one) => ({ cells: one, span: place })),
    span: place,
  });
  const event = ({ key, user, at }: Row) => ({ event_id: number(key), user_id: user, at: toText(at) });
  return [
    table(
      'users',
      users.map((u) => ({
        user_id: u.user,
        plan: u.plan,
        age: number(u.age),
        is_test: u.isTest,
        since: u.since === null ? null : toText(u.since),
      })),
    ),
    table(
      'events',
      rows
        .filter(({ model }) => model === 'events')
        .map((r) => ({ ...event(r), kind: r.kind, value: number(r.value), color: r.color })),
    ),
    table('others', rows.filter(({ model }) => model === 'others').map(event)),
  ];
}

/** What an engine answers over these rows: members, a split's parts, or masks. */
export async function askSegment(
  engine: Engine,
  manifest: Manifest,
  segment: string,
  one: Case,
  form: 'members' | 'attrition',
): Promise<readonly (readonly Value[])[]> {
  const expected = form === 'members' ? ({ form, members: [] } as const) : ({ form, rows: [] } as const);
  return execute(engine, manifest, planSegmentExample(manifest, segment, exampleOf(one, [], expected)));
}

/** A metric, cut by the segment. */
export async function askBySegment(
  engine: Engine,
  manifest: Manifest,
  metric: string,
  segment: string,
  one: Case,
): Promise<readonly (readonly Value[])[]> {
  const example = exampleOf(one, [`segment:${segment}`], { form: 'rows', rows: [] });
  return execute(engine, manifest, planExample(manifest, metric, example));
}

function exampleOf(one: Case, by: readonly string[], expected: ExampleDefinition['expect']): ExampleDefinition {
  return {
    title: 'of the oracle',
    given: given(one),
    asOf: toText(one.asOf),
    calendar: { timezone: one.zone, weekStart: 'monday', fiscalYearStart: 1 },
    by,
    ordered: false,
    expect: expected,
    disagree: [],
    span: place,
  };
}

async function execute(
  engine: Engine,
  manifest: Manifest,
  { plan, diagnostics }: ReturnType<typeof planExample>,
): Promise<readonly (readonly Value[])[]> {
  expect(diagnostics).toEqual([]);
  const names = (name: string): never => {
    throw new Error(`reads ${name}`);
  };
  const sql = renderSql(plan!.sql, engine.capabilities.dialect, names, { shapeOf: shapesOf(manifest) });
  return (await engine.execute(sql)).rows;
}

/** The same as the oracle sees it. Who signs up at the cut or after it is not there yet. */
export function worldOf(one: Case, segments: SegmentWorld['segments']): SegmentWorld {
  const users = one.users.filter(({ since }) => since === null || since < one.asOf);
  const events = one.rows.map(
    (r): SegmentEvent => ({
      entity: r.user,
      at: r.at,
      key: r.key,
      model: r.model,
      value: r.value,
      row: { kind: r.model === 'events' ? r.kind : 'other', color: r.color },
    }),
  );
  const kindsOf = (name: string) => (name === 'either' ? ['back', 'other'] : [name]);
  const eventsOf = (name: string) => events.filter(({ row }) => kindsOf(name).includes(row!.kind as string));
  const isColour = (text: keyof typeof colours) => (row: Readonly<Record<string, unknown>>) =>
    row.color === null ? null : text.includes('<>') ? row.color !== colours[text] : row.color === colours[text];
  return {
    calendar: { zone: one.zone, weekStart: 1 },
    asOf: one.asOf,
    population: new Map(users.map((u) => [u.user, { ...u }])),
    events: eventsOf,
    segments,
    lists: { 'lists/some.csv': ['b', 'c', 'z'] },
    exclusions: { test_users: new Set(one.users.filter((u) => u.isTest === true).map((u) => u.user)) },
    sql: {
      ...Object.fromEntries(Object.entries(properties).map(([text, test]) => [text, (row) => test(row as never)])),
      ...Object.fromEntries(Object.keys(colours).map((text) => [text, isColour(text as keyof typeof colours)])),
    },
    metric: (name, entity, from) => {
      const rows = eventsOf('spend').filter(
        (e) => e.entity === entity && e.at < one.asOf && (from === undefined || e.at >= from),
      );
      const values = rows.flatMap(({ value }) => value ?? []);
      const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
      if (name === 'spends') return rows.length === 0 ? null : rows.length;
      if (name === 'spent_filled') return sum ?? 0;
      return name === 'mean_spent' ? sum && sum / rows.length : sum;
    },
  };
}
