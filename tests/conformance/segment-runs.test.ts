import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileFiles, expectationCheck, loadParser, type Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { run } from '../../runtime/run/run.ts';
import { StepError } from '../../runtime/run/run-context.ts';
import type { EvaluateSegment } from '../../runtime/run/run-segments.ts';
import type { Notice, RunResult, SegmentResult } from '../../runtime/run/run-types.ts';
import { evaluateSegment } from '../../runtime/segments/evaluate-segment.ts';
import { findDue } from '../../runtime/segments/find-due.ts';
import { membersNowSql } from '../../runtime/state/segment-marks.ts';
import { engines } from './on-engines.ts';

const definitions: Readonly<Record<string, string>> = {
  'project.yml': `project: shop
language: 1
calendar: {timezone: Europe/Berlin}
entities: {user: {key: user_id, attributes: marts.users}}
notify: {slack: {url_env: HOOK}, on: [error]}
targets: {dev: {engine: duckdb, path: x.duckdb}}
`,
  'models/raw/users.yml':
    'source: {files: data/users*.csv}\nloaded_at: seen\ncolumns: {user_id: text, plan: text, seen: timestamp}\n',
  'models/raw/orders.yml':
    'source: {files: data/orders*.csv}\nloaded_at: seen\ncolumns: {order_id: integer, user_id: text, paid_at: timestamp, seen: timestamp}\n',
  'models/marts/users.yml':
    'from: raw.users\nkey: user_id\ndedupe: {keep: last, by: seen}\ncolumns: {user_id: null, plan: null, seen: null}\n',
  'models/marts/orders.yml':
    'from: raw.orders\nkey: order_id\ntime: paid_at\nincremental: {by: day}\ncolumns: {order_id: null, user_id: null, paid_at: null}\n',
  // What a segment reads through a view is followed as what it reads itself.
  'models/marts/paid.yml':
    'materialized: view\nkey: order_id\ntime: paid_at\ncolumns: {order_id: integer, user_id: text, paid_at: timestamp}\n',
  'models/marts/paid.sql': 'select order_id, user_id, paid_at from marts.orders where paid_at is not null\n',
  'models/marts/other.yml': 'key: n\ncolumns: {n: integer}\n',
  'models/marts/other.sql': 'select 1 as n',
  'metrics/activities.yml': 'activities: {purchase: {from: marts.paid, entity: user, time: paid_at}}\n',
};

/** `times`: the rule of the first; the others are not for a schedule. */
function compile(times: string, more = 'version: 1'): Manifest {
  const rule = `entity: user, where: {did: purchase, times: "${times}", within: 30 days}`;
  const segments = `segments:
  buyers: {${more}, expect: {size: {max: 9}}, ${rule}}
  asked: {schedule: on_demand, ${rule}}
  sketch: {status: draft, ${rule}}
  past: {status: archived, ${rule}}
`;
  const all = { ...definitions, 'segments/s.yml': segments };
  const files = Object.entries(all).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(files);
  if (!manifest) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return manifest;
}

beforeAll(() => loadParser());
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-segment-runs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function arrive(name: string, lines: readonly string[]): void {
  const head = name.startsWith('users') ? 'user_id,plan,seen' : 'order_id,user_id,paid_at,seen';
  mkdirSync(join(folder, dirname(`data/${name}`)), { recursive: true });
  writeFileSync(join(folder, 'data', name), `${[head, ...lines].join('\n')}\n`);
}

const everyName = ['buyers', 'asked', 'sketch', 'past'];

/** At six in the morning of a day of June. */
function runOn(
  engine: Engine,
  manifest: Manifest,
  day: number,
  more: {
    readonly cuts?: readonly string[];
    readonly names?: readonly string[];
    readonly select?: readonly string[];
    readonly ifBusy?: 'skip' | 'fail';
    readonly evaluate?: EvaluateSegment;
    readonly told?: string[];
    readonly testsOnly?: boolean;
  } = {},
): Promise<RunResult> {
  const { names = everyName, cuts, select, ifBusy, evaluate = evaluateSegment, told, testsOnly } = more;
  const notify = async ({ opened, ended }: Notice): Promise<boolean> => {
    told?.push(...opened.map(({ subject, reason }) => `${subject}: ${reason}`));
    told?.push(...ended.map(({ subject, outcome }) => `${subject} ${outcome}`));
    return true;
  };
  return run({
    manifest,
    engine,
    effects: { clock: () => `2025-06-0${day}T06:00:00Z`, emit: () => undefined, folder, notify },
    command: 'run',
    threads: 2,
    ...(select ? { select } : {}),
    ...(ifBusy ? { ifBusy } : {}),
    ...(testsOnly ? { testsOnly } : {}),
    ...(names.length > 0 ? { segments: { names, evaluate, ...(cuts ? { cuts } : {}) } } : {}),
  });
}

const short = ({ segments }: RunResult) => segments.map((one) => [one.segment, one.status, one.asOf]);
const only = ({ segments }: RunResult): SegmentResult => segments[0]!;
const rowsOf = async (engine: Engine, sql: string) => (await engine.execute(sql)).rows;
const logged = (engine: Engine) =>
  rowsOf(
    engine,
    "select table_name from information_schema.tables where table_schema = 'etalon_tables' and table_name like 'segment\\_\\_%' escape '\\'",
  );

/** What is expected of the members is asked of those that are stored, where they are of that very cut and those builds. */
async function expectOfStored(engine: Engine, manifest: Manifest): Promise<void> {
  const cut = '2025-06-03T05:00:00Z';
  const counted = async () => {
    const { tests } = await runOn(engine, manifest, 3, { names: [], testsOnly: true });
    return tests.filter(({ test }) => test === 'buyers.size').map(({ status, tested }) => [status, tested]);
  };
  const [[, members] = []] = await counted();
  await runOn(engine, manifest, 3, { names: ['buyers'], select: [], cuts: [cut] });
  await engine.execute(
    `insert into etalon_state.segment_memberships (segment, rule, version, entity, entered_at, known_at, run)
     values ('buyers', 'planted', 2, 'nobody', timestamptz '${cut}', timestamptz '${cut}', 'planted')`,
  );
  expect(await counted()).toEqual([['passed', Number(members) + 1]]);
  const apart = { rule: 'disjoint_with', other: 'other', key: 'user_id', keyType: 'text' } as const;
  const { failures } = expectationCheck('buyers', apart, () => membersNowSql('buyers', cut));
  expect(await rowsOf(engine, failures)).toContainEqual(['nobody']);
  await engine.execute("update etalon_state.segment_evaluations set inputs = replace(inputs, ':', ': ')");
  expect(await counted()).toEqual([['passed', members]]);
  await engine.execute("delete from etalon_state.segment_memberships where rule = 'planted'");
}

/** What another run is at is left to it. A DuckDB file is open in one process at a time, so that nobody else can be at work there. */
async function holdToOthers(engine: Engine, manifest: Manifest): Promise<void> {
  for (const sql of [
    "insert into etalon_state.claimants values ('theirs', 99, 'run', 'elsewhere', 1, 'p', current_timestamp, current_timestamp)",
    "insert into etalon_state.claims values ('theirs', 99, '(run)', 'write'), ('theirs', 99, 'segment:buyers', 'write')",
  ])
    await engine.execute(sql);
  const wanted = { select: [], cuts: ['2025-06-02T10:00:00Z'] };
  const left = await runOn(engine, manifest, 3, { ...wanted, names: ['buyers', 'asked'], ifBusy: 'skip' });
  expect(left).toMatchObject({ status: 'part', exitCode: 5 });
  expect(short(left).map(([name, status]) => [name, status])).toEqual([
    ['asked', 'evaluated'],
    ['buyers', 'skipped'],
  ]);
  const alone = runOn(engine, manifest, 3, { ...wanted, names: ['buyers'], ifBusy: 'fail' });
  await expect(alone).rejects.toThrow('segment:buyers');
  for (const table of ['claims', 'claimants'])
    await engine.execute(`delete from etalon_state.${table} where run = 'theirs'`);
}

describe.each(engines)('a segment with a schedule on %s', (_, onEngine) => {
  test('is evaluated by runs at the ticks that its models are complete through', { timeout: 120_000 }, () =>
    onEngine(async (engine) => {
      rmSync(join(folder, 'data'), { recursive: true, force: true });
      const first = compile('>= 1');
      const due = (manifest: Manifest, day: number) =>
        findDue({ manifest, engine, target: 'dev', among: new Set(everyName), now: `2025-06-0${day}T06:00:00Z` });
      expect((await due(first, 1)).segments).toEqual(['buyers']);
      arrive(
        'users-1.csv',
        ['a', 'b', 'c', 'd', 'e'].map((user) => `${user},pro,2025-06-01T05:00:00Z`),
      );
      arrive('orders-1.csv', [
        '1,a,2025-05-20T10:00:00Z,2025-06-01T05:00:00Z',
        '2,b,2025-05-02T10:00:00Z,2025-06-01T05:00:00Z',
      ]);
      const one = await runOn(engine, first, 1);
      expect(short(one)).toEqual([['buyers', 'evaluated', '2025-05-31T22:00:00Z']]);
      expect(only(one)).toMatchObject({
        size: 2,
        entered: 2,
        left: 0,
        population: 5,
        whyAll: 'never evaluated before',
      });

      // Nothing has come: nothing is written, not even that there was a run.
      const runs = await rowsOf(engine, 'select count(*) from etalon_state.runs');
      expect(short(await runOn(engine, first, 1))).toEqual([['buyers', 'fresh', undefined]]);
      expect((await due(first, 1)).segments).toEqual([]);
      // A day later a tick has come, and its models are not complete so far.
      expect((await due(first, 2)).segments).toEqual(['buyers']);
      expect((await due(first, 2)).models).toEqual([
        'marts.orders',
        'marts.paid',
        'marts.users',
        'raw.orders',
        'raw.users',
      ]);
      expect(only(await runOn(engine, first, 2))).toMatchObject({
        status: 'waiting',
        reason: 'it waits for data before 2025-06-01T22:00:00Z: `marts.paid` is complete through 2025-06-01T05:00:00Z',
      });
      expect(await rowsOf(engine, 'select count(*) from etalon_state.runs')).toEqual(runs);

      // A run that does not see to segments, and what it changed is looked at by the next one that does.
      arrive('users-2.csv', ['e,free,2025-06-03T05:00:00Z']);
      arrive('orders-2.csv', ['3,c,2025-05-31T10:00:00Z,2025-06-03T05:00:00Z']);
      expect((await runOn(engine, first, 3, { names: [] })).status).toBe('done');
      const two = await runOn(engine, first, 3);
      expect(short(two)).toEqual([['buyers', 'evaluated', '2025-06-02T22:00:00Z']]);
      // `b` has left: the window slid over the only order. `c` came late, `e` changed; nobody else was looked at.
      expect(only(two)).toMatchObject({ size: 2, entered: 1, left: 1, lookedAt: 3, population: 5 });
      expect(only(two).whyAll).toBeUndefined();
      expect(await rowsOf(engine, 'select entity from etalon_state.segment_members order by 1')).toEqual([
        ['a'],
        ['c'],
      ]);
      expect(await logged(engine)).toEqual([]);

      // Another rule is taken at the cut that is there.
      const second = compile('>= 2', 'version: 2, changes: {2: Two orders.}');
      expect((await due(second, 3)).segments).toEqual(['buyers']);
      expect(only(await runOn(engine, second, 3))).toMatchObject({
        ...{ status: 'evaluated', version: 2, asOf: '2025-06-02T22:00:00Z', size: 0, entered: 0, left: 2 },
      });
      expect(short(await runOn(engine, second, 3))).toEqual([['buyers', 'fresh', undefined]]);

      // A cut in the past is computed by the rule that stood then; one that is not complete is refused.
      const past = await runOn(engine, second, 3, {
        names: ['buyers'],
        select: [],
        cuts: ['2025-06-01T10:00:00Z', '2025-07-01T00:00:00Z'],
      });
      expect(past).toMatchObject({ status: 'part', exitCode: 5 });
      expect(past.segments.map(({ status, version, size }) => [status, version, size])).toEqual([
        ['evaluated', 1, 3],
        ['failed', 2, undefined],
      ]);
      expect(
        await rowsOf(
          engine,
          'select as_of, version, size, entered, went from etalon_state.segment_history order by as_of',
        ),
      ).toEqual(
        [
          ['2025-05-31T22:00:00Z', 1, 2, 2, 0],
          ['2025-06-01T10:00:00Z', 1, 3, 1, 0],
          ['2025-06-02T22:00:00Z', 2, 0, 0, 3],
        ].map((row) => row.map((value) => (typeof value === 'number' ? Number(value) : value))),
      );

      // What no schedule evaluates is evaluated when it is asked for, and the log of changes is not kept for it.
      const asked = await runOn(engine, second, 3, {
        names: ['asked', 'sketch'],
        select: [],
        cuts: ['2025-06-03T05:00:00Z'],
      });
      expect(short(asked).map(([name, status]) => [name, status])).toEqual([
        ['asked', 'evaluated'],
        ['sketch', 'evaluated'],
      ]);
      const kept = 'select distinct segment from etalon_state.segment_evaluations where inputs is not null order by 1';
      expect(await rowsOf(engine, kept)).toEqual([['buyers']]);
      await expectOfStored(engine, second);
      if (engine.capabilities.concurrentProcesses) await holdToOthers(engine, second);
      // A run that needs only what is due leaves other models alone.
      expect((await due(second, 4)).models).not.toContain('marts.other');

      // One that cannot be evaluated is told once, and once that it can; what is asked for on purpose is nobody else's business.
      const told: string[] = [];
      const evaluate = () => Promise.reject(new StepError('a table is gone'));
      const ofThePast = { names: ['buyers'], select: [], cuts: ['2025-06-01T10:00:00Z'] };
      expect((await runOn(engine, second, 4, { ...ofThePast, evaluate, told })).segments[0]!.status).toBe('failed');
      expect(told).toEqual([]);
      arrive('users-4.csv', ['a,pro,2025-06-04T05:00:00Z']);
      arrive('orders-4.csv', ['4,c,2025-06-03T10:00:00Z,2025-06-04T05:00:00Z']);
      expect((await runOn(engine, second, 4, { evaluate, told })).exitCode).toBe(5);
      expect((await runOn(engine, second, 4, { evaluate, told })).exitCode).toBe(5);
      expect(told.splice(0)).toEqual([
        'buyers: segment `buyers` could not be evaluated: a table is gone (segments/s.yml)',
      ]);
      expect((await runOn(engine, second, 4, { told })).exitCode).toBe(0);
      expect(told).toEqual(['buyers passed']);
    }),
  );
});
