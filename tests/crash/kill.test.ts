import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../runtime/engine/engine.ts';
import { collectTarget } from '../../runtime/upkeep/collect-target.ts';
import type { UpkeepRequest } from '../../runtime/upkeep/standing.ts';
import { verifyState } from '../../runtime/upkeep/verify-state.ts';
import { runEtalon } from '../project/run-etalon.ts';
import { createRandom } from '../support/create-random.ts';
import { type Arena, type ArenaKind, arenas, describeTables, openArena } from './command-target.ts';

/** On each engine. */
const kills = 25;

/** Rows of a new day, one of an older day, and visits; and every fourth time another definition, which is built beside the old one. */
function arrive({ project }: Arena, round: number): void {
  const day = (back: number) => new Date(Date.UTC(2025, 0, 40 + round - back)).toISOString().slice(0, 10);
  const order = (n: number, back: number) =>
    `${round}-${n},${day(back)}T10:00:00Z,${n % 2 ? 'DE' : 'FR'},${round}.${n}0`;
  project.write(
    `data/orders-${round}.csv`,
    `order_id,paid_at,country,amount\n${[order(1, 0), order(2, 0), order(3, 30)].join('\n')}\n`,
  );
  project.write(`data/visits-${round}.csv`, `visit_id,day\n${round}a,${day(0)}\n${round}b,${day(30)}\n`);
  if (round % 4 > 0) return;
  project.write(
    'models/marts/countries.sql',
    `select country, count(*) as orders, sum(amount) + ${round} as amount from clean.orders group by country\n`,
  );
}

/** A command, and when it began its work and when it ended, in milliseconds from its start. */
async function timeRun(arena: Arena): Promise<readonly [began: number, ended: number]> {
  const started = performance.now();
  const command = arena.start('run', '--events');
  await command.said('"event":"run_started"');
  const began = performance.now() - started;
  const { code, text } = await command.ended;
  expect(code, text).toBe(0);
  return [began, performance.now() - started];
}

/** Kills a command after so many milliseconds; where it had ended by then, how long it took. */
async function killAfter(arena: Arena, milliseconds: number): Promise<number | undefined> {
  const started = performance.now();
  const command = arena.start('run');
  const timer = setTimeout(() => command.child.kill('SIGKILL'), milliseconds);
  const { code, text } = await command.ended;
  clearTimeout(timer);
  if (code === null) return undefined;
  expect(code, text).toBe(0);
  return performance.now() - started;
}

/** As the commands of upkeep ask for it, without opening the target for each of them. */
async function upkeepOf({ name, project }: Arena, engine: Engine): Promise<UpkeepRequest> {
  const clock = () => new Date().toISOString();
  return { engine, manifest: await project.manifest(), target: name, folder: project.folder, clock };
}

const leftovers = [
  'select run from etalon_state.claims union all select run from etalon_state.claimants',
  "select id from etalon_state.runs where status = 'running'",
];

/** What stands in `etalon_tables`, without the numbers at the end of names, which a death may move. */
async function listRelations(engine: Engine): Promise<readonly string[]> {
  const catalog = await engine.readCatalog(['etalon_tables']);
  return catalog.map(({ name }) => name.table.replace(/__\d+(?=__|$)/, '')).sort();
}

/** Nothing of a dead command may be there any more when the next one has ended. */
async function expectNothingLeft(arena: Arena, engine: Engine, told: string): Promise<void> {
  for (const sql of leftovers) expect((await engine.execute(sql)).rows, `${told}: ${sql}`).toEqual([]);
  if (arena.name === 'duckdb') return;
  const sessions =
    "select pid from pg_stat_activity where datname = current_database() and application_name like 'etalon/%' and application_name not like 'etalon/session%'";
  await expect.poll(async () => (await engine.execute(sessions)).rows, { timeout: 20_000 }).toEqual([]);
}

async function dieAndRecover({ name }: ArenaKind): Promise<void> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = createRandom(seed);
  const arena = await openArena(name);
  let midst = 0;
  try {
    arrive(arena, 0);
    await timeRun(arena);
    await arena.expected();
    const times: (readonly [number, number])[] = [];
    for (const round of [1, 2]) {
      arrive(arena, round);
      times.push(await timeRun(arena));
      await arena.expected();
    }
    let [began, ended] = times.sort((one, other) => one[1] - other[1])[0]!;
    for (let round = 3; midst < kills && round < 3 * kills; round += 1) {
      arrive(arena, round);
      // Spread over the run: one in each of as many equal parts, a little of the start of the program with it.
      const part = (midst + random()) / kills;
      const after = began * 0.8 + (ended - began * 0.8) * part;
      const told = `seed ${seed}, round ${round}, killed after ${Math.round(after)} ms`;
      const took = await killAfter(arena, after);
      if (took === undefined) midst += 1;
      // The machine has become faster.
      else [began, ended] = [(began * took) / ended, took];
      const { code, out, err } = await runEtalon(arena.project.folder, ['run', '--target', name], arena.env);
      expect(code, `${told}: ${out}${err}`).toBe(0);
      const tables = await arena.expected();
      const relations = await listRelations(arena.undisturbed);
      await arena.look(async (engine) => {
        const request = await upkeepOf(arena, engine);
        expect((await verifyState({ ...request, deep: true })).findings, told).toEqual([]);
        await collectTarget({ ...request, olderThan: '7 days', dryRun: false });
        expect(await describeTables(engine, await arena.project.manifest()), told).toEqual(tables);
        expect(await listRelations(engine), told).toEqual(relations);
        await expectNothingLeft(arena, engine, told);
      });
      if (name === 'duckdb')
        expect(existsSync(join(arena.project.folder, 'target/pair.duckdb.lock')), told).toBe(false);
    }
    console.info(
      `${name}, seed ${seed}: ${midst} killed, at last between ${Math.round(began * 0.8)} and ${Math.round(ended)} ms`,
    );
    expect(midst).toBe(kills);
  } finally {
    await arena.close();
  }
}

describe.each(arenas)('the real command on $name, killed at a moment of chance', (kind) => {
  const reason = kind.obstacle === undefined ? '' : ` (skipped: ${kind.obstacle})`;
  const title = `leaves a target that the next command completes, ${kills} times${reason}`;
  test.skipIf(kind.obstacle !== undefined)(title, { timeout: 600_000 }, () => dieAndRecover(kind));
});
