import { expect, test } from 'vitest';
import { type Arena, arenas, openArena } from './command-target.ts';

const slow = {
  'models/marts/slow.yml': 'description: Takes minutes.\nowner: shop\ncolumns: {n: integer}\n',
  'models/marts/slow.sql': `select count(*) as n from raw.orders a cross join raw.orders b cross join raw.orders c cross join raw.orders d
where a.amount + b.amount + c.amount + d.amount < 0\n`,
};

async function interrupt(arena: Arena, name: string): Promise<void> {
  const { project } = arena;
  const order = (n: number) => `${n},2025-01-01T10:00:00Z,DE,${n}.00`;
  const orders = Array.from({ length: 500 }, (_, n) => order(n + 1));
  project.write('data/orders-1.csv', `order_id,paid_at,country,amount\n${orders.join('\n')}\n`);
  project.write('data/visits-1.csv', 'visit_id,day\na,2025-01-01\n');
  for (const [path, text] of Object.entries(slow)) project.write(path, text);
  const running = arena.start('run', '--events');
  await running.said('"event":"step_started","run":"');
  await running.said('"model":"marts.slow"}');
  const active =
    "select count(*) from pg_stat_activity where application_name like 'etalon/2%/marts.slow' and state = 'active'";
  const countActive = () => arena.look(async (engine) => (await engine.execute(active)).rows[0]?.[0]);
  if (name === 'postgres') await expect.poll(countActive).toBe(1);
  running.child.kill('SIGINT');
  const { code, text } = await running.ended;
  expect(code, text).toBe(130);
  if (name === 'postgres') expect(await countActive()).toBe(0);
  await arena.look(async (engine) => {
    const { rows } = await engine.execute('select status, built > 0 from etalon_state.runs');
    expect(rows).toEqual([['interrupted', true]]);
    expect((await engine.execute('select run from etalon_state.claims')).rows).toEqual([]);
    expect(await engine.execute('select n from marts.slow').catch(() => 'none')).toBe('none');
  });
  project.write('models/marts/slow.sql', 'select count(*) as n from raw.orders\n');
  expect((await arena.start('run').ended).code).toBe(0);
  expect((await arena.look((engine) => engine.execute('select n from marts.slow'))).rows).toEqual([[500]]);
}

for (const { name, obstacle } of arenas) {
  const reason = obstacle === undefined ? '' : ` (skipped: ${obstacle})`;
  const title = `Ctrl-C stops the query in the database, ends with 130, and the next command goes on: ${name}${reason}`;
  test.skipIf(obstacle !== undefined)(title, { timeout: 300_000 }, async () => {
    const arena = await openArena(name);
    try {
      await interrupt(arena, name);
    } finally {
      await arena.close();
    }
  });
}
