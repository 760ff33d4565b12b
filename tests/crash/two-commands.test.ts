import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../support/create-random.ts';
import { type Arena, arenas, describeTables, openArena } from './command-target.ts';
import type { StartedCommand } from './started-command.ts';

/** On each engine. */
const rounds = 10;
const seed = 20_251_129;

const long = { timeout: 300_000 };

/** What `--if-busy` promises of the exit code of a run that finds no fault. */
const promised: Readonly<Record<string, readonly number[]>> = { wait: [0], skip: [0, 5], fail: [0, 4] };

/** Models that each of two commands is asked for: everything, overlapping branches, branches with nothing in common. */
const halves: readonly (readonly [string, string])[] = [
  ['', ''],
  ['', ''],
  ['+marts.countries', '+marts.countries'],
  ['+marts.countries', '+marts.visits'],
];

/** Rows of a new day, one of an older day, and visits. */
function arrive({ project }: Arena, round: number, random: () => number): void {
  const day = (back: number) => `2025-01-${String(Math.max(1, round + 1 - back)).padStart(2, '0')}`;
  const order = (n: number, back: number) =>
    `${round}-${n},${day(back)}T10:00:00Z,${random() < 0.5 ? 'DE' : 'FR'},${(random() * 100 - 10).toFixed(2)}`;
  const orders = [order(1, 0), order(2, 0), order(3, 5)].join('\n');
  project.write(`data/orders-${round}.csv`, `order_id,paid_at,country,amount\n${orders}\n`);
  project.write(`data/visits-${round}.csv`, `visit_id,day\n${round}a,${day(0)}\n${round}b,${day(2)}\n`);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.each(arenas)('two commands started together on $name', ({ name, obstacle }) => {
  let arena: Arena;
  beforeAll(async () => {
    if (obstacle === undefined) arena = await openArena(name);
  });
  afterAll(() => arena?.close());

  const random = createRandom(seed);
  test.skipIf(obstacle !== undefined)(
    `${rounds} times, leave what one would leave${skipped(obstacle)}`,
    long,
    async () => {
      const manifest = await arena.project.manifest();
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
      let before = 0;
      for (let round = 1; round <= rounds; round += 1) {
        arrive(arena, round, random);
        const modes = [pick(['wait', 'skip', 'fail']), pick(['wait', 'wait', 'skip', 'fail'])];
        const parts = pick(halves);
        const offset = Math.floor(random() ** 2 * 500);
        const told = `round ${round}: ${modes.join('/')}, ${parts.map((part) => part || 'everything').join(' and ')}, ${offset} ms apart`;
        const words = parts.map((part, i) => ['run', '--if-busy', modes[i]!, ...(part ? ['--select', part] : [])]);
        const first = arena.start(...words[0]!);
        await pause(offset);
        const ends = await Promise.all([first.ended, arena.start(...words[1]!).ended]);
        for (const [i, { code, text }] of ends.entries())
          expect(promised[modes[i]!], `${told}: ${text}`).toContain(code);
        expect(
          ends.map(({ code }) => code),
          told,
        ).toContain(0);
        const partly = ends.some(({ code }) => code !== 0);
        const selected = parts.includes('') || partly ? undefined : wantedOf(parts);
        const expected = await arena.expected(selected);
        before = await arena.look(async (engine) => {
          // A branch that was left to nobody is caught up on.
          if (partly) await arena.finish(engine);
          expect(await describeTables(engine, manifest, selected), told).toEqual(expected);
          // Nothing was computed twice, no two runs have one number, and nobody holds anything.
          for (const sql of faults(before)) expect((await engine.execute(sql)).rows, `${told}: ${sql}`).toEqual([]);
          return Number((await engine.execute('select max(number) from etalon_state.runs')).rows[0]?.[0]);
        });
      }
    },
  );
});

function wantedOf(parts: readonly string[]): readonly string[] {
  const above: Readonly<Record<string, readonly string[]>> = {
    '+marts.countries': ['raw.orders', 'clean.orders', 'marts.countries'],
    '+marts.visits': ['raw.visits', 'marts.visits'],
  };
  return [...new Set(parts.flatMap((part) => above[part]!))];
}

function faults(before: number): readonly string[] {
  return [
    `select model, count(*) from etalon_state.steps where run_number > ${before} and status = 'built' group by model having count(*) > 1`,
    'select number, count(*) from etalon_state.runs group by number having count(*) > 1',
    "select id from etalon_state.runs where status = 'running'",
    'select model from etalon_state.versions where valid_to is null group by model having count(*) > 1',
    'select model, build from etalon_state.versions group by model, build having count(*) > 1',
    'select path from etalon_state.loaded_files where current group by path having count(*) > 1',
    'select run from etalon_state.claims union all select run from etalon_state.claimants',
  ];
}

describe.each(arenas)('beside a command that stands still on $name', ({ name, obstacle }) => {
  const title = `others wait, leave, or take over when it is killed${skipped(obstacle)}`;
  test.skipIf(obstacle !== undefined)(title, long, async () => {
    const arena = await openArena(name);
    try {
      await beside(arena, name);
    } finally {
      await arena.close();
    }
  });
});

/** Stopped in the middle of its work, as by a debugger: it holds what it holds, and says nothing. */
async function startFrozen(arena: Arena): Promise<StartedCommand> {
  const frozen = arena.start('run', '--events');
  await frozen.said('"event":"step_started"');
  frozen.child.kill('SIGSTOP');
  return frozen;
}

async function beside(arena: Arena, name: string): Promise<void> {
  const random = createRandom(seed);
  arrive(arena, 1, random);
  expect((await arena.start('run').ended).code).toBe(0);
  arrive(arena, 2, random);
  const held = await startFrozen(arena);
  const { pid } = held.child;
  const since = new RegExp(`pid ${pid} on .+ since \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d`);
  const [refused, left, late] = await Promise.all([
    arena.start('run', '--if-busy', 'fail').ended,
    arena.start('run', '--if-busy', 'skip').ended,
    arena.start('run', '--wait-timeout', '0s').ended,
  ]);
  expect([refused.code, left.code, late.code]).toEqual([4, 5, 4]);
  for (const { text } of [refused, left, late]) expect(text).toMatch(since);
  const interrupted = arena.start('run');
  await interrupted.said('waiting');
  interrupted.child.kill('SIGINT');
  expect((await interrupted.ended).code).toBe(130);
  const reader = arena.start('status');
  if (name === 'duckdb') await reader.said('waiting');
  else await reader.ended;
  held.child.kill('SIGCONT');
  expect((await held.ended).code).toBe(0);
  expect((await reader.ended).code).toBe(0);

  arrive(arena, 3, random);
  const doomed = await startFrozen(arena);
  const waiting = arena.start('run');
  await waiting.said('waiting');
  doomed.child.kill('SIGKILL');
  const { code, text } = await waiting.ended;
  expect(code, text).toBe(0);
  const expected = await arena.expected();
  const manifest = await arena.project.manifest();
  await arena.look(async (engine) => {
    expect(await describeTables(engine, manifest)).toEqual(expected);
    const ends = await engine.execute('select status from etalon_state.runs order by number desc limit 2');
    expect(ends.rows).toEqual([['done'], ['interrupted']]);
  });
}

function skipped(obstacle: string | undefined): string {
  return obstacle === undefined ? '' : ` (skipped: ${obstacle})`;
}
