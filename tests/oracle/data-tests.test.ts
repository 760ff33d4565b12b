import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileFiles, loadParser, type Manifest, renderSql, shapesOf, type Value } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { type TestTarget, testEngines } from '../support/engines.ts';
import {
  brokenSequences,
  judgedSequences,
  judgeVolume,
  type OracleEvent,
  type VolumeRule,
} from './data-test-oracle.ts';

const zone = 'Europe/Berlin';
const rules: Readonly<Record<string, VolumeRule>> = {
  volume: { per: 'day', within: 0.4, over: 28, zone },
  volume_2: { per: 'hour', within: 0.3, over: 28, zone },
  volume_3: { per: 'week', within: 0.25, over: 84, zone },
  volume_4: { per: 'day', within: 0, over: 9, zone },
  volume_5: { per: 'month', within: 0.2, over: 400, zone },
};

const project = {
  'project.yml': `project: p\nlanguage: 1\ncalendar: {timezone: ${zone}}\ntargets: {dev: {engine: duckdb, path: target/p.duckdb}}\n`,
  'models/raw/t.yml': `source: {table: app.t}
time: at
key: id
columns: {id: integer, event_name: text, at: timestamp, who: text}
tests:
  - sequence: {first: a, then: b, per: who}
${Object.values(rules)
  .map(({ per, within, over }) => `  - volume: {per: ${per}, within: ${within * 100}% of median, over: ${over} days}`)
  .join('\n')}
`,
};

/** The hour when clocks go forward in Berlin, and back. */
const turns = ['2025-03-30T01:00:00Z', '2025-10-26T01:00:00Z'].map((text) => Date.parse(text));
const hours = 3_600_000;

/** Every day so many rows, some of them scattered, around a change of clocks. */
const days = fc.record({
  turn: fc.constantFrom(...turns),
  counts: fc.array(fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 5 }), {
    minLength: 1,
    maxLength: 70,
    size: 'max',
  }),
  /** The last of them is so many days before or behind the change. */
  shift: fc.integer({ min: -2, max: 30 }),
  open: fc.integer({ min: 0, max: 49 }),
});

function layOut({ turn, counts, shift, open }: typeof days extends fc.Arbitrary<infer T> ? T : never) {
  const end = turn + shift * 24 * hours;
  const instants = counts.flatMap((hoursOfDay, back) => hoursOfDay.map((h) => end - back * 24 * hours - h * hours));
  return { instants, completeThrough: end + (open - 24) * hours };
}

const eventsOf: fc.Arbitrary<readonly OracleEvent[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      at: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 8 }),
      who: fc.option(fc.constantFrom('x', 'y', 'z'), { freq: 8 }),
    }),
    { maxLength: 25 },
  )
  .map((rows) => rows.map((row, id) => ({ id, ...row, at: row.at === null ? null : turns[0]! + row.at * hours })));

describe.each(testEngines)('data tests find what the oracle finds, on $name', ({ obstacle, prepare }) => {
  let manifest: Manifest;
  let target: TestTarget;
  let engine: Engine;
  beforeAll(async () => {
    await loadParser();
    const files = Object.entries(project).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
    const compiled = compileFiles(files);
    expect(compiled.diagnostics).toEqual([]);
    manifest = compiled.manifest!;
    if (obstacle !== undefined) return;
    target = await prepare();
    engine = await target.open();
    await engine.execute('create schema app');
    await engine.execute('create table app.t (id bigint, event_name text, "at" timestamptz, who text)');
  });
  afterAll(() => target?.drop());

  async function fill(events: readonly OracleEvent[]): Promise<void> {
    await engine.execute('delete from app.t');
    if (events.length === 0) return;
    const text = (value: string | null) => (value === null ? 'null' : `'${value}'`);
    const rows = events.map(({ id, name, at, who }) => {
      const instant =
        at === null ? 'cast(null as timestamptz)' : `cast('${new Date(at).toISOString()}' as timestamptz)`;
      return `(${id}, '${name}', ${instant}, ${text(who)})`;
    });
    await engine.execute(`insert into app.t values ${rows.join(', ')}`);
  }

  async function ask(sql: string, completeThrough: number): Promise<readonly (readonly Value[])[]> {
    const rendered = renderSql(sql, engine.capabilities.dialect, () => ({ schema: 'app', table: 't' }), {
      completeThrough: new Date(completeThrough).toISOString(),
      shapeOf: shapesOf(manifest),
    });
    return (await engine.execute(rendered)).rows;
  }

  /** Counts in one look, counts in two, and the failing rows. */
  async function run(name: string, completeThrough: number) {
    const { check } = manifest.tests.find((test) => test.name === `raw.t.${name}`)!;
    if (check.mode !== 'query' || check.counted === undefined) throw new Error(`\`${name}\` has no query that counts`);
    const [counted] = await ask(check.counted, completeThrough);
    const [apart] = await ask(
      `select (select count(*) from (${check.failures}) as f), (${check.tested})`,
      completeThrough,
    );
    expect(counted, name).toEqual(apart);
    const failures = await ask(`select * from (${check.failures}) as f`, completeThrough);
    const [failing, tested] = counted!.map(Number);
    expect(failures).toHaveLength(failing!);
    return { failing, tested, failures };
  }

  it.skipIf(obstacle !== undefined)('sequences', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(eventsOf, async (events) => {
        await fill(events);
        const { tested, failures } = await run('sequence', turns[0]!);
        expect(tested).toBe(judgedSequences(events, 'b').length);
        const found = failures.map(([id]) => Number(id)).sort((x, y) => x - y);
        expect(found).toEqual(brokenSequences(events, 'a', 'b'));
      }),
      { numRuns: 40 },
    );
  });

  it.skipIf(obstacle !== undefined)('volumes by hour, day, week and month', { timeout: 300_000 }, async () => {
    const seen = { judged: 0, failing: 0 };
    await fc.assert(
      fc.asyncProperty(days, async (drawn) => {
        const { instants, completeThrough } = layOut(drawn);
        await fill(instants.map((at, id) => ({ id, name: 'a', at, who: null })));
        for (const [name, rule] of Object.entries(rules)) {
          const wanted = judgeVolume(instants, completeThrough, rule);
          const { failing, tested, failures } = await run(name, completeThrough);
          expect({ name, tested, failing }).toEqual({ name, tested: wanted ? 1 : 0, failing: wanted?.fails ? 1 : 0 });
          if (wanted) seen.judged += 1;
          if (!wanted?.fails) continue;
          seen.failing += 1;
          const { rows, usual, borne } = wanted;
          expect(failures[0]!.slice(1).map(Number)).toEqual([rows, usual, Math.max(usual - borne, 0), usual + borne]);
        }
      }),
      { numRuns: 40 },
    );
    // Else the draw would have shown nothing.
    expect(seen.judged).toBeGreaterThan(5);
    expect(seen.failing).toBeGreaterThan(5);
  });
});
