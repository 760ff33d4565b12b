import { describe, expect, test } from 'vitest';
import { cleanTarget } from '../../runtime/run/clean-target.ts';
import type { RunEvent, RunResult } from '../../runtime/run/run-types.ts';
import { engines } from './on-engines.ts';
import { fill, forkedManifest, rowsOf, runForked, statuses, stopBefore } from './two-runs.ts';
import { watchEngine } from './watch-engine.ts';

const changed = forkedManifest('where n is not null');

/** Everything built once; then the definitions of both branches change. */
async function prepare(engine: Parameters<typeof fill>[0]): Promise<void> {
  await fill(engine);
  await runForked(engine);
}

describe.each(engines)('two runs at once on %s', (_, onEngine) => {
  test('with nothing in common go on side by side, each with a number of its own', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const left = stopBefore(engine, 'marts.left');
      const right = stopBefore(engine, 'marts.right');
      const runs = Promise.all([
        runForked(left.engine, { manifest: changed, select: ['marts.left'] }),
        runForked(right.engine, { manifest: changed, select: ['marts.right'] }),
      ]);
      // Both are in the middle of it at the same moment.
      await Promise.all([left.reached, right.reached]);
      expect(await rowsOf(engine, "select count(*) from etalon_state.runs where status = 'running'")).toEqual([[2]]);
      left.goOn();
      right.goOn();
      expect((await runs).map(({ status }) => status)).toEqual(['done', 'done']);
      expect(await rowsOf(engine, 'select number, status from etalon_state.runs order by number')).toEqual([
        [1, 'done'],
        [2, 'done'],
        [3, 'done'],
      ]);
      expect(await rowsOf(engine, 'select count(*) from etalon_state.claims')).toEqual([[0]]);
      expect((await runForked(engine, { manifest: changed })).steps.map(({ status }) => status)).toEqual(
        // What reads one of the two is all that is left.
        ['fresh', 'fresh', 'fresh', 'fresh', 'built'],
      );
    }));

  test('a problem that another one opened meanwhile is over as soon as this one finds that all is well', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const left = stopBefore(engine, 'marts.left');
      const run = runForked(left.engine, { manifest: changed, select: ['marts.left'] });
      await left.reached;
      await engine.execute(
        `insert into etalon_state.problems (id, kind, subject, model, severity, essence, reason, skipped, run, since)
         values ('other test left', 'test', 'left is not empty', 'marts.left', 'error', 'fails', 'it fails', '[]', 'other', timestamptz '2025-06-01T00:00:00Z')`,
      );
      left.goOn();
      expect((await run).status).toBe('done');
      expect(await rowsOf(engine, 'select id, outcome from etalon_state.problems where ended_at is not null')).toEqual([
        ['other test left', 'passed'],
      ]);
    }));

  test('what was seen before the claim is seen again where another run came in between, the sources too', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const insert = (n: number) =>
        engine.execute(`insert into app.numbers values (${n}, timestamptz '2025-01-0${n}T00:00:00Z')`);
      await insert(2);
      let between: Promise<RunResult> | undefined;
      const late = watchEngine(engine, {
        before: async (sql) => {
          if (between !== undefined || !sql.startsWith('update etalon_state.claim_tokens')) return;
          between = runForked(engine);
          await between;
          await insert(3);
        },
      });
      expect((await runForked(late)).status).toBe('done');
      expect((await between)?.status).toBe('done');
      expect(await rowsOf(engine, 'select n from marts.under order by n')).toEqual([[2], [3], [4]]);
      const versions = "select build, row_count, run from etalon_state.versions where model = 'raw.numbers' order by 1";
      expect((await rowsOf(engine, versions)).map(([build, rows]) => [build, rows])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
      // Nothing of it is left to do, and one that finds it all done between its look and its claim does nothing.
      await insert(4);
      between = undefined;
      const twice = watchEngine(engine, {
        before: async (sql) => {
          if (between !== undefined || !sql.startsWith('update etalon_state.claim_tokens')) return;
          between = runForked(engine);
          await between;
        },
      });
      expect((await runForked(twice)).steps.map(({ status }) => status)).toEqual(Array(5).fill('fresh'));
      expect(await rowsOf(engine, 'select count(*) from etalon_state.runs')).toEqual([[4]]);
      expect(await rowsOf(engine, 'select count(*) from etalon_state.claims')).toEqual([[0]]);
    }));

  test('the second waits, says for whom, looks again and does the rest', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const first = stopBefore(engine, 'marts.left');
      const running = runForked(first.engine, { manifest: changed, select: ['marts.left'] });
      await first.reached;
      const waits: Extract<RunEvent, { event: 'waiting' }>[] = [];
      const second = runForked(engine, {
        manifest: changed,
        ifBusy: 'wait',
        onEvent: (event) => {
          if (event.event !== 'waiting') return;
          waits.push(event);
          first.goOn();
        },
      });
      const { id } = await running;
      expect(statuses(await second)).toMatchObject({
        'marts.left': 'fresh',
        'marts.right': 'built',
        'marts.under': 'built',
      });
      expect(waits).toHaveLength(1);
      expect(waits[0]?.message).toContain(`for another run: run \`${id}\` (\`etalon run\`, pid ${process.pid} on `);
      expect(waits[0]?.message).toMatch(/ since \d{4}-\d\d-\d\dT.*\) holds `marts.left`$/);
      const built = 'select model, count(*) from etalon_state.steps where run_number > 1 group by model order by model';
      expect(await rowsOf(engine, built)).toEqual([
        ['marts.left', 1],
        ['marts.right', 1],
        ['marts.under', 1],
      ]);
    }));

  test('the second waits no longer than it was told, and leaves nothing behind', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const first = stopBefore(engine, 'marts.left');
      const running = runForked(first.engine, { manifest: changed, select: ['marts.left'] });
      await first.reached;
      const impatient = runForked(engine, { manifest: changed, ifBusy: 'wait', waitSeconds: 0.2 });
      await expect(impatient).rejects.toMatchObject({
        kind: 'busy',
        message: expect.stringMatching(/^after 0.2 s of waiting: run `/),
      });
      const interrupted = new AbortController();
      const waiting = runForked(engine, {
        manifest: changed,
        ifBusy: 'wait',
        signal: interrupted.signal,
        onEvent: ({ event }) => event === 'waiting' && interrupted.abort(),
      });
      await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
      expect(await rowsOf(engine, 'select count(*) from etalon_state.claimants')).toEqual([[1]]);
      first.goOn();
      expect((await running).status).toBe('done');
      expect(await rowsOf(engine, 'select count(*) from etalon_state.runs')).toEqual([[2]]);
    }));

  test('the second is told at once, with pid, host and since when, where it must not wait; one with nothing to do is not', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const first = stopBefore(engine, 'marts.left');
      const running = runForked(first.engine, { manifest: changed, select: ['marts.left'] });
      await first.reached;
      const refused = runForked(engine, { manifest: changed, ifBusy: 'fail' });
      await expect(refused).rejects.toMatchObject({
        kind: 'busy',
        message: expect.stringMatching(/^run `.*` \(`etalon run`, pid \d+ on .+ since \d{4}-.*\) holds `marts.left`$/),
      });
      // A reader of what is written is refused as well, and a writer of what is read.
      const under = runForked(engine, { manifest: changed, select: ['marts.under'], fullRefresh: true });
      await expect(under).rejects.toMatchObject({ kind: 'busy' });
      const source = runForked(engine, { select: ['clean.numbers'], fullRefresh: true });
      await expect(source).rejects.toMatchObject({ kind: 'busy' });
      const request = { engine, manifest: changed };
      await expect(cleanTarget(request, 'clean', '2025-06-01T00:00:00Z')).rejects.toMatchObject({ kind: 'busy' });
      expect((await runForked(engine, { select: ['marts.right'] })).status).toBe('done');
      first.goOn();
      await running;
    }));

  test('the second takes what the first leaves, and writes nothing down of the rest', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const first = stopBefore(engine, 'marts.left');
      const running = runForked(first.engine, { manifest: changed, select: ['marts.left'] });
      await first.reached;
      const second = await runForked(engine, { manifest: changed, ifBusy: 'skip' });
      expect(statuses(second)).toMatchObject({
        'clean.numbers': 'fresh',
        'marts.left': 'skipped',
        'marts.right': 'built',
        'marts.under': 'skipped',
      });
      expect(second).toMatchObject({ status: 'part', exitCode: 5 });
      expect(second.steps.map(({ reason }) => reason)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^`marts.left` is being written by run `/),
          '`marts.left` was skipped',
        ]),
      );
      // There is nothing left now: not even the journal tells of a third.
      const third = await runForked(engine, { manifest: changed, ifBusy: 'skip' });
      expect(third).toMatchObject({ status: 'part', exitCode: 5 });
      const tests = await runForked(engine, { manifest: changed, ifBusy: 'skip', testsOnly: true });
      expect(tests).toMatchObject({ status: 'part', exitCode: 5, tests: [] });
      expect(await rowsOf(engine, 'select number, status from etalon_state.runs order by number desc limit 2')).toEqual(
        [
          [3, 'part'],
          [2, 'running'],
        ],
      );
      expect(await rowsOf(engine, 'select model from etalon_state.steps where run_number = 3')).toEqual([
        ['marts.right'],
      ]);
      first.goOn();
      expect(await running).toMatchObject({ status: 'done' });
      expect(statuses(await runForked(engine, { manifest: changed }))).toMatchObject({ 'marts.under': 'built' });
    }));
});

describe.each(engines)('beside a run at work on %s', (_, onEngine) => {
  test('nothing is dropped that it is making, and what nobody needs is dropped by who is alone', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      await engine.execute('create table etalon_tables.left_by_the_dead as select 1 as x');
      const names = async () => (await rowsOf(engine, listTables)).map(([name]) => String(name));
      const first = stopBefore(engine, 'marts.under');
      const running = runForked(first.engine, { manifest: changed, select: ['marts.under'], fullRefresh: true });
      await first.reached;
      await engine.execute('create table etalon_tables.made_by_the_first as select 1 as x');
      await engine.execute('create table etalon_tables.left_by_the_dead as select 1 as x');
      const before = await names();
      const old = before.find((name) => name.startsWith('marts__right__'))!;
      await runForked(engine, { manifest: changed, select: ['marts.right'] });
      const beside = await names();
      // Its own old version goes; whose the others are it cannot know.
      expect(before.filter((name) => !beside.includes(name))).toEqual([old]);
      first.goOn();
      await running;
      expect(await names()).not.toContain('left_by_the_dead');
      expect(await names()).not.toContain('made_by_the_first');
    }));

  test('its row in the journal is left alone, and that of a dead one is closed', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const first = stopBefore(engine, 'marts.left');
      const running = runForked(first.engine, { manifest: changed, select: ['marts.left'] });
      await first.reached;
      await engine.execute("insert into etalon_state.runs (id, number, status) values ('dead', 0, 'running')");
      await runForked(engine, { manifest: changed, select: ['marts.right'] });
      expect(await rowsOf(engine, 'select number, status from etalon_state.runs order by number')).toEqual([
        [0, 'interrupted'],
        [1, 'done'],
        [2, 'running'],
        [3, 'done'],
      ]);
      first.goOn();
      expect((await running).status).toBe('done');
    }));
});

describe.each(engines)('a run that gave no sign of life on %s', (_, onEngine) => {
  test('is taken over; when it wakes up its writes are refused', () =>
    onEngine(async (engine) => {
      await prepare(engine);
      const late = stopBefore(engine, 'marts.left');
      const asleep = runForked(late.engine, { manifest: changed, select: ['marts.left'] });
      const outcome = asleep.then(
        () => 'written',
        (error: unknown) => String(error),
      );
      await late.reached;
      const [[run, token]] = (await rowsOf(engine, 'select run, token from etalon_state.claimants')) as [
        [string, number],
      ];
      await engine.execute(
        `update etalon_state.claimants set host = 'elsewhere', heartbeat_at = current_timestamp - interval '91 seconds'`,
      );
      const second = await runForked(engine, { manifest: changed });
      expect(statuses(second)).toMatchObject({ 'marts.left': 'built', 'marts.right': 'built' });
      const builds =
        "select model, build, run, valid_to from etalon_state.versions where model like 'marts.%' order by 1, 2";
      const before = await rowsOf(engine, builds);
      late.goOn();
      expect(await outcome).toContain('another run has taken over what this one was writing');
      expect(await rowsOf(engine, builds)).toEqual(before);
      expect(before.map((row) => row[2])).not.toContain(run);
      expect(await rowsOf(engine, `select status from etalon_state.runs where id = '${run}'`)).toEqual([
        ['interrupted'],
      ]);
      expect(await rowsOf(engine, `select count(*) from etalon_state.steps where run = '${run}'`)).toEqual([[0]]);
      expect(await rowsOf(engine, `select token > ${token} from etalon_state.claim_tokens`)).toEqual([[true]]);
      expect(await rowsOf(engine, 'select count(*) from etalon_state.claims')).toEqual([[0]]);
      expect(await rowsOf(engine, 'select n from marts.under')).toEqual([[2]]);
    }));
});

const listTables =
  "select table_name from information_schema.tables where table_catalog = current_database() and table_schema = 'etalon_tables' order by 1";
