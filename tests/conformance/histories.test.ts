import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { run } from '../../runtime/run/run.ts';
import type { RunResult } from '../../runtime/run/run-types.ts';
import { engines, type OnEngine } from './on-engines.ts';
import { readTables } from './play-scenario.ts';
import { type SampleModel, type SampleTest, sampleManifest } from './sample-manifest.ts';

/*
 * The promise of the incremental engine: whatever arrives, in whatever order, after every run each table is what a full rebuild of the same files would be, and it was not
 * rebuilt to get there.
 */

const files = (folder: string) =>
  ({ from: 'files', pattern: `data/${folder}/*.csv`, format: 'csv', onChange: 'reload' }) as const;

function project(floor: number): readonly SampleModel[] {
  const newest =
    'row_number() over (partition by id order by seen desc nulls last, at asc nulls last, user_id asc nulls last, v asc nulls last)';
  return [
    {
      name: 'raw.events',
      columns: 'id integer, user_id integer, at timestamp, v integer, seen integer',
      source: files('events'),
    },
    { name: 'raw.users', columns: 'user_id integer, team text, seen integer', source: files('users') },
    {
      name: 'clean.events',
      columns: 'id integer, user_id integer, at timestamp, v integer',
      key: ['id'],
      time: 'at',
      incremental: 'day',
      sql: `select id, user_id, at, v from (select *, ${newest} as copy from raw.events where id is not null) s where copy = 1 and v >= ${floor}`,
    },
    {
      name: 'clean.users',
      columns: 'user_id integer, team text',
      key: ['user_id'],
      sql: 'select user_id, team from (select *, row_number() over (partition by user_id order by seen desc nulls last, team nulls last) as copy from raw.users where user_id is not null) s where copy = 1',
    },
    {
      name: 'marts.days',
      columns: 'day date, events integer, users integer, v integer',
      key: ['day'],
      time: 'day',
      incremental: 'day',
      sql: "select cast(at at time zone 'UTC' as date) as day, count(*) as events, count(distinct user_id) as users, cast(sum(v) as bigint) as v from clean.events group by 1",
    },
    {
      name: 'marts.firsts',
      columns: 'user_id integer, first_at timestamp, events integer',
      key: ['user_id'],
      incremental: 'key',
      sql: 'select user_id, min(at) as first_at, count(*) as events from clean.events group by user_id',
    },
    {
      name: 'marts.joined',
      columns: 'id integer, at timestamp, team text, nth integer, v integer',
      key: ['id'],
      time: 'at',
      incremental: 'day',
      sql: 'select e.id, e.at, u.team, row_number() over (partition by e.user_id order by e.at nulls last, e.id) as nth, e.v from clean.events e left join clean.users u on u.user_id = e.user_id',
    },
    {
      name: 'marts.teams',
      columns: 'team text, events integer, first_at timestamp',
      key: ['team'],
      incremental: 'key',
      sql: 'select team, count(*) as events, min(at) as first_at from marts.joined group by team',
    },
    {
      name: 'marts.known',
      columns: 'id integer, at timestamp',
      key: ['id'],
      time: 'at',
      incremental: 'week',
      sql: 'select e.id, e.at from clean.events e where exists (select 1 from clean.users u where u.user_id = e.user_id and u.team is not null)',
    },
    {
      name: 'clean.members',
      columns: 'id integer, at timestamp, v integer, team text',
      materialized: 'view',
      sql: 'select e.id, e.at, e.v, u.team from clean.events e join clean.users u on u.user_id = e.user_id where u.team is not null',
    },
    {
      name: 'marts.viewed',
      columns: 'day date, team text, v integer',
      key: ['day', 'team'],
      time: 'day',
      incremental: 'day',
      sql: "select cast(at at time zone 'UTC' as date) as day, team, cast(sum(v) as bigint) as v from clean.members where at is not null group by 1, 2",
    },
    {
      name: 'marts.best',
      columns: 'team text, v integer, user_id integer',
      key: ['team'],
      incremental: 'key',
      sql: 'with best as (select team, max(v) as v, min(id) as id from clean.members group by team) select b.team, b.v, e.user_id from best b left join clean.events e on e.id = b.id',
    },
  ];
}

/** The first holds back what has a 9 in it, until it is told not to; the others only count. */
function guards(armed: boolean): readonly SampleTest[] {
  return [
    ...(armed ? [{ name: 'no_nine', model: 'clean.events', fails: 'v = 9' }] : []),
    { name: 'small', model: 'clean.events', fails: 'v > 5', where: 'user_id is not null', severity: 'warn' },
    {
      name: 'unique',
      model: 'clean.events',
      failures: 'select id from clean.events group by id having count(*) > 1',
      tested: 'select count(*) from clean.events',
    },
    {
      name: 'users_known',
      model: 'clean.events',
      severity: 'warn',
      failures:
        'select e.id, e.user_id from clean.events e where e.user_id is not null and not exists (select 1 from clean.users u where u.user_id = e.user_id)',
      tested: 'select count(user_id) from clean.events',
    },
    {
      name: 'one_first',
      model: 'marts.joined',
      severity: 'warn',
      failures: 'select id, team from marts.joined where nth = 1 and v > 3',
      tested: 'select count(*) from marts.joined',
    },
  ];
}

/** The last counts of every test. */
async function readCounts(engine: Engine): Promise<unknown> {
  const { rows } = await engine.execute(
    'select test, tested, failing from (select r.*, row_number() over (partition by test order by run_number desc) as place from etalon_state.test_results r) t where place = 1 order by test',
  );
  return rows.map((row) => row.map(String).join(' ')).filter((line) => !line.startsWith('no_nine'));
}

const small = (max: number) => fc.option(fc.integer({ min: 0, max }), { freq: 10 });
const event = fc.tuple(fc.integer({ min: 0, max: 9 }), small(3), small(20), fc.integer({ min: 0, max: 9 }), small(3));
const user = fc.tuple(fc.integer({ min: 0, max: 3 }), small(2), small(2));

type Action =
  | { readonly kind: 'events'; readonly file: number; readonly rows: readonly (readonly (number | null)[])[] }
  | { readonly kind: 'users'; readonly file: number; readonly rows: readonly (readonly (number | null)[])[] }
  | { readonly kind: 'define'; readonly floor: number }
  | { readonly kind: 'guard'; readonly armed: boolean }
  /** Some models run, and those below them fall behind. */
  | { readonly kind: 'lag' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'nothing' };

/** A low file number comes again: then the file's content is another. */
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('events' as const),
      file: fc.integer({ min: 0, max: 6 }),
      rows: fc.array(event, { maxLength: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('users' as const),
      file: fc.integer({ min: 0, max: 3 }),
      rows: fc.array(user, { maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('define' as const), floor: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('guard' as const), armed: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ kind: 'refresh' as const }, { kind: 'nothing' as const }, { kind: 'lag' as const }),
  },
);

const csv = {
  events: (rows: readonly (readonly (number | null)[])[]) =>
    [
      'id,user_id,at,v,seen',
      ...rows.map(([id, who, hour, v, seen]) => [id, who, instant(hour), v, seen].map((cell) => cell ?? '').join(',')),
    ].join('\n'),
  users: (rows: readonly (readonly (number | null)[])[]) =>
    [
      'user_id,team,seen',
      ...rows.map(([id, team, seen]) =>
        [id, team === null || team === undefined ? '' : `team${team}`, seen ?? ''].join(','),
      ),
    ].join('\n'),
};

/** Twelve hours apart, so that two share a day. */
function instant(half: number | null | undefined): string {
  if (half === null || half === undefined) return '';
  return new Date(Date.UTC(2025, 0, 1) + half * 12 * 3_600_000).toISOString();
}

describe.each(engines)('histories on %s', (name, on) => {
  beforeAll(loadParser);

  it('after every run the tables are what a rebuild leaves, and the way there was incremental', async () => {
    const ways = { repaired: 0, whole: 0, compared: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 2, maxLength: 6 }), (actions) =>
        on((engine) => live(engine, on, actions, ways)),
      ),
      { numRuns: name === 'DuckDB' ? 16 : 6 },
    );
    expect(ways.compared).toBeGreaterThan(8);
    expect(ways.repaired).toBeGreaterThan(ways.whole / 4);
  }, 600_000);
});

async function live(
  engine: Engine,
  on: OnEngine,
  actions: readonly Action[],
  ways: { repaired: number; whole: number; compared: number },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-history-'));
  let floor = 0;
  let armed = false;
  try {
    for (const [index, one] of actions.entries()) {
      if (one.kind === 'define') floor = one.floor;
      if (one.kind === 'guard') armed = one.armed;
      if (one.kind === 'events' || one.kind === 'users') write(folder, one);
      const lags = one.kind === 'lag' || (one.kind === 'events' && one.rows.length % 3 === 2 && index > 0);
      const result = await play(engine, folder, floor, armed, index, one.kind === 'refresh', lags);
      ways.repaired += result.steps.filter((step) => step.repaired !== undefined).length;
      ways.whole += result.steps.filter((step) => step.status === 'built' && step.repaired === undefined).length;
      if (result.exitCode !== 0) {
        const failed = result.steps.filter((step) => step.status === 'failed').map((step) => step.model);
        expect(failed, JSON.stringify(result.steps)).toEqual(['clean.events']);
        continue;
      }
      if (lags) continue;
      const manifest = sampleManifest(project(floor), guards(armed));
      const look = async (one: Engine) => ({ tables: await readTables(one, manifest), counts: await readCounts(one) });
      const rebuilt = await on(async (other) => {
        await play(other, folder, floor, armed, index, false);
        return look(other);
      });
      expect(await look(engine)).toEqual(rebuilt);
      ways.compared += 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(folder: string, one: Extract<Action, { file: number }>): void {
  const path = join(folder, `data/${one.kind}/${one.file}.csv`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, csv[one.kind](one.rows));
}

function play(
  engine: Engine,
  folder: string,
  floor: number,
  armed: boolean,
  index: number,
  fullRefresh: boolean,
  lags = false,
): Promise<RunResult> {
  let looks = 0;
  const clock = () => {
    looks += 1;
    return new Date(Date.UTC(2025, 5, 1 + index) + looks * 1000).toISOString();
  };
  const manifest = sampleManifest(project(floor), guards(armed));
  return run({
    manifest,
    engine,
    effects: { clock, emit: () => undefined, folder },
    command: 'run',
    threads: 2,
    fullRefresh,
    ...(lags ? { select: ['raw.events', 'raw.users', 'clean.events', 'marts.days'] } : {}),
  });
}
