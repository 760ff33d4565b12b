import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadParser, type Manifest, planMembership, renderSql, shapesOf } from '../../compiler/index.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { explainChange } from '../../runtime/segments/explain-change.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';
import { instant, toText } from './cohort/clock.ts';
import type { Case, Row, User } from './segment/arbitrary.ts';
import { compileSegments, worldOf } from './segment/ask-engine.ts';
import { memberVerdict } from './segment/conditions.ts';
import { createFailingEngine } from './segment/fail-at.ts';
import { membersAt, overlapping, readCounts, readIntervals } from './segment/memory-book.ts';
import { type MemoryCase, memoryCase, names, type Step } from './segment/memory-case.ts';
import { type MemoryTarget, openMemoryTarget } from './segment/memory-target.ts';
import { partsOf, type Ruler, rulerOf } from './segment/splits.ts';
import type { WrittenSegment } from './segment/world.ts';

/** `ETALON_RUNS=10` looks ten times as long. */
const more = Number(process.env.ETALON_RUNS ?? 1);
const histories = { duckdb: 9 * more, postgres: 3 * more };
const opened: { readonly name: 'duckdb' | 'postgres'; readonly target: TestTarget; readonly memory: MemoryTarget }[] =
  [];

beforeAll(async () => {
  await loadParser();
  for (const under of listRunnableEngines()) {
    const target = await under.prepare();
    opened.push({ name: under.name, target, memory: await openMemoryTarget(await target.open({ threads: 1 })) });
  }
});
afterAll(async () => {
  for (const { target } of opened) await target.drop();
});

/** The tables as they are now. */
interface World {
  readonly users: Map<string, User>;
  readonly rows: Row[];
  keys: number;
}

function begin({ users, rows }: Pick<MemoryCase, 'users' | 'rows'>): World {
  const world: World = { users: new Map(users.map((user) => [user.user, user])), rows: [], keys: 0 };
  add(world, rows);
  return world;
}

function add(world: World, rows: readonly Omit<Row, 'key'>[]): void {
  for (const row of rows) {
    world.keys += 1;
    world.rows.push({ ...row, key: world.keys });
  }
}

function change(world: World, step: Step): void {
  add(world, step.came);
  for (const place of step.gone) if (world.rows.length > 0) world.rows.splice(place % world.rows.length, 1);
  for (const { who, isGone, ...user } of step.users) {
    const name = names[who]!;
    if (isGone) world.users.delete(name);
    else world.users.set(name, { ...user, user: name });
  }
}

function caseAt(one: MemoryCase, world: World, asOf: bigint): Case {
  const { zone, rules, other, exclude } = one;
  return { zone, asOf, users: [...world.users.values()], rows: world.rows, rule: rules[0], other, exclude };
}

function inZone(manifest: Manifest, timezone: string): Manifest {
  const { project } = manifest;
  return { ...manifest, project: { ...project, calendar: { ...project.calendar, timezone } } };
}

type Members = ReadonlyMap<string, string>;
/** What is known of a cut, and by which of the two rules. */
interface Known {
  readonly rule: number;
  readonly members: Members;
}
type Book = ReadonlyMap<bigint, Known>;

/** The rule that stood at a cut: of the last one that is not after it, else of the first. */
function ruleThen(book: Book, cut: bigint): number {
  const cuts = [...book.keys()].sort((a, b) => (a < b ? -1 : 1));
  return book.get(cuts.filter((one) => one <= cut).at(-1) ?? cuts[0]!)!.rule;
}

const greatest = (cuts: Iterable<bigint>) => [...cuts].reduce((a, b) => (b > a ? b : a));
const sorted = (members: Members) => [...members].sort(([a], [b]) => (a < b ? -1 : 1));

/** Plays a history and holds the memory, after every evaluation, to what the oracle says of every cut, now and as it was known then. */
interface Player {
  readonly book: () => Book;
  readonly looked: { cuts: number; entities: number; everyone: number };
  evaluate(manifests: readonly Manifest[], current: number, cut: bigint): Promise<void>;
  /** What is stored of everyone at the last cut is what a look at everyone says. */
  holdMasks(manifest: Manifest, cut: bigint): Promise<void>;
  /** The steps from one cut to another are those of the oracle, and add up. */
  holdChange(manifest: Manifest, from: bigint, to: bigint): Promise<void>;
  /** Of a split the steps add up for each part. */
  holdParts(manifest: Manifest, from: bigint, to: bigint): Promise<void>;
}

/** `oracle`: whoever is in by a rule at a cut, as things are. */
function createPlayer({ engine, evaluate }: MemoryTarget, oracle: (rule: number, cut: bigint) => Members): Player {
  let book: Book = new Map();
  const first = new Map<bigint, Known>();
  const then: { readonly knownAt: bigint; readonly book: Book }[] = [];
  const looked = { cuts: 0, entities: 0, everyone: 0 };
  return {
    book: () => book,
    looked,
    async evaluate(manifests, current, cut) {
      const isPast = book.size > 0 && cut < greatest(book.keys());
      const rule = isPast ? ruleThen(book, cut) : current;
      const members = oracle(rule, cut);
      // One clock for all: what is known later is told apart all the same.
      const found = await evaluate(manifests[current]!, 's', cut, '2025-06-01T00:00:00Z');
      book = new Map(book).set(cut, { rule, members });
      if (!first.has(cut)) first.set(cut, { rule, members });
      if (found.whyAll === undefined) {
        looked.cuts += 1;
        looked.entities += found.lookedAt;
        looked.everyone += found.population;
      }
      const counts = await readCounts(engine);
      if (found.status === 'evaluated') then.push({ knownAt: greatest(counts.map((c) => c.knownAt)), book });
      const intervals = await readIntervals(engine);
      expect(overlapping(intervals)).toEqual([]);
      const hold = (known: Book, knownAt: bigint | undefined) => {
        for (const [one, { members: those }] of known)
          expect(sorted(membersAt(intervals, one, knownAt))).toEqual(sorted(those));
      };
      hold(book, undefined);
      for (const one of then) hold(one.book, one.knownAt);
      const now = counts.filter(({ knownUntil }) => knownUntil === undefined);
      holdCounts(book, now);
    },
    async holdMasks(manifest, cut) {
      const { sql } = planMembership(manifest, 's', toText(cut));
      const names = (model: string) => ({ schema: 'marts', table: model.split('.')[1]! });
      const all = await engine.execute(
        `select * from (${renderSql(sql, engine.capabilities.dialect, names, { shapeOf: shapesOf(manifest) })}) as t`,
      );
      const stored = await engine.execute('select entity, verdict, mask from etalon_state.segment_masks');
      const lines = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.map(String).join(' ')).sort();
      expect(lines(stored.rows)).toEqual(lines(all.rows));
      const verdicts = stored.rows.map(([, verdict]) => verdict);
      const isSplit = manifest.segments.find(({ name }) => name === 's')!.rule?.form === 'split';
      expect((await readCounts(engine)).find((one) => one.asOf === cut && one.knownUntil === undefined)).toMatchObject({
        population: verdicts.length,
        unknown: isSplit ? 0 : verdicts.filter((verdict) => verdict === 'unknown').length,
      });
    },
    async holdChange(manifest, from, to) {
      const segment = manifest.segments.find(({ name }) => name === 's')!;
      const asked = { manifest, engine, target: 'dev', segment, from: toText(from), to: toText(to), samples: 2 };
      const told = await explainChange(asked);
      const [one, two] = [first.get(from)!, book.get(to)!];
      const sets = [one.members, oracle(one.rule, from), oracle(one.rule, to), oracle(two.rule, to)];
      const minus = (a: Members, b: Members) => [...a.keys()].filter((e) => !b.has(e)).length;
      expect(told.steps.map(({ step, entered, left }) => [step, entered, left])).toEqual(
        ['restatement', 'behaviour', 'rule'].map((step, i) => [
          step,
          minus(sets[i + 1]!, sets[i]!),
          minus(sets[i]!, sets[i + 1]!),
        ]),
      );
      const net = told.steps.reduce((sum, { entered, left }) => sum + entered - left, 0);
      expect([told.from.size, told.to.size]).toEqual([sets[0]!.size, sets[3]!.size]);
      expect(told.from.size + net).toBe(told.to.size);
      if (told.from.rule === told.to.rule) return;
      const alone = oracle(two.rule, from).size - sets[1]!.size;
      expect(told.interaction).toEqual([{ net: sets[3]!.size - sets[2]!.size - alone }]);
    },
    async holdParts(manifest, from, to) {
      const segment = manifest.segments.find(({ name }) => name === 's')!;
      const asked = { manifest, engine, target: 'dev', segment, from: toText(from), to: toText(to), samples: 0 };
      const { steps } = await explainChange(asked);
      const [then, now] = [first.get(from)!.members, oracle(0, to)];
      const sizeOf = (members: Members, part: string) => [...members.values()].filter((one) => one === part).length;
      for (const part of new Set([...then.values(), ...now.values()])) {
        if (part === 'none') continue;
        const own = steps.filter((step) => step.part === part);
        const net = own.reduce((sum, { entered, left }) => sum + entered - left, 0);
        expect([part, net]).toEqual([part, sizeOf(now, part) - sizeOf(then, part)]);
      }
      // A ruler that is frozen does not move within a version.
      const isFrozen = segment.rule?.form === 'split' && segment.rule.split.freeze === 'version';
      if (isFrozen) expect(steps.filter((one) => one.step === 'ruler' && one.entered + one.left > 0)).toEqual([]);
    },
  };
}

/** Sizes are entries less exits, whatever was restated. */
function holdCounts(book: Book, counts: Awaited<ReturnType<typeof readCounts>>): void {
  expect(counts.map(({ asOf }) => asOf)).toEqual([...book.keys()].sort((a, b) => (a < b ? -1 : 1)));
  const membersOf = (members: Members | undefined) =>
    new Set([...(members ?? [])].flatMap(([entity, part]) => (part === 'none' ? [] : [entity])));
  counts.forEach((count, i) => {
    const now = membersOf(book.get(count.asOf)!.members);
    const before = membersOf(i === 0 ? undefined : book.get(counts[i - 1]!.asOf)!.members);
    const entered = [...now].filter((e) => !before.has(e)).length;
    const left = [...before].filter((e) => !now.has(e)).length;
    expect(count).toMatchObject({ size: now.size, entered, left });
    expect(count.size).toBe(before.size + count.entered - count.left);
  });
}

describe('a segment remembers what the oracle says of every cut, now and then', () => {
  it.each(['duckdb', 'postgres'] as const)('by rules that take turns, on %s', { timeout: 1_200_000 }, async (name) => {
    const under = opened.find((one) => one.name === name);
    if (!under) return;
    const looked = { cuts: 0, entities: 0, everyone: 0 };
    let explained = 0;
    await fc.assert(
      fc.asyncProperty(memoryCase(), async (one) => {
        const { memory } = under;
        await memory.reset();
        const written = (rule: number): Record<string, WrittenSegment> => ({
          s: { where: one.rules[rule]!, exclude: one.exclude },
          other: { where: one.other, exclude: ['test_users'] },
        });
        const manifests = [0, 1].map((rule) => inZone(compileSegments(written(rule)), one.zone));
        const world = begin(one);
        const player = createPlayer(memory, (rule, cut) => {
          const seen = worldOf(caseAt(one, world, cut), written(rule));
          const isMember = (e: string) => memberVerdict('s', e, seen) === true;
          return new Map([...seen.population.keys()].filter(isMember).map((e) => [e, 'member']));
        });
        let [current, last] = [0, one.start];
        await memory.hold([...world.users.values()], world.rows, false);
        await player.evaluate(manifests, current, last);
        for (const step of one.steps) {
          change(world, step);
          if (step.turns) current = 1 - current;
          await memory.hold([...world.users.values()], world.rows, step.isRebuilt);
          const cut = last + step.by;
          await player.evaluate(manifests, current, cut);
          if (cut < last) continue;
          last = cut;
          await player.holdMasks(manifests[current]!, cut);
        }
        const cuts = [...player.book().keys()].sort((a, b) => (a < b ? -1 : 1));
        if (cuts.length > 1) {
          explained += 1;
          await player.holdChange(manifests[current]!, cuts[0]!, cuts.at(-1)!);
        }
        for (const key of ['cuts', 'entities', 'everyone'] as const) looked[key] += player.looked[key];
      }),
      { numRuns: histories[name] },
    );
    // Not everyone was looked at each time: the short way was really gone.
    expect(looked.cuts).toBeGreaterThan(histories[name] / 2);
    expect(looked.entities).toBeLessThan(looked.everyone * 0.9);
    expect(explained).toBeGreaterThan(0);
  });

  it.each(['duckdb', 'postgres'] as const)(
    'by splits whose quantiles are frozen, on %s',
    { timeout: 1_200_000 },
    async (name) => {
      const under = opened.find((one) => one.name === name);
      if (!under) return;
      const rfm = fc.oneof(
        fc.constant({ recency: [1, 2, 4], frequency: [2, 3], monetary: [10, 30] }),
        fc.record({ quantiles: fc.integer({ min: 2, max: 4 }), freeze: fc.constantFrom('version', 'version', 'none') }),
      );
      await fc.assert(
        fc.asyncProperty(memoryCase(), rfm, fc.constantFrom('3 days', '6 days'), async (one, scores, within) => {
          const { memory } = under;
          await memory.reset();
          const wholes = [1, 2, 3, 4].flatMap((r) => [1, 2, 3].map((f) => [`p${r}${f}`, `r = ${r} and f = ${f}`]));
          const parts = { rich: 'm >= 3', ...Object.fromEntries(wholes), others: 'else' };
          const written = {
            s: { split: { rfm: { activity: 'spend', within, ...scores }, parts }, exclude: one.exclude },
          };
          const manifest = inZone(compileSegments(written), one.zone);
          const world = begin(one);
          const isFrozen = 'freeze' in scores && scores.freeze === 'version';
          let ruler: Ruler | undefined;
          const fits = (part: string, s: Readonly<Record<string, number>>) =>
            part === 'm >= 3' ? s.m! >= 3 : part.split(' and ').every((test) => s[test[0]!] === Number(test.at(-1)));
          const player = createPlayer(memory, (_, cut) => {
            const seen = worldOf(caseAt(one, world, cut), written);
            if (isFrozen) ruler ??= rulerOf(written.s, seen);
            return partsOf(written.s, seen, fits, ruler);
          });
          let last = one.start;
          await memory.hold([...world.users.values()], world.rows, false);
          await player.evaluate([manifest], 0, last);
          for (const step of one.steps) {
            change(world, step);
            await memory.hold([...world.users.values()], world.rows, step.isRebuilt);
            await player.evaluate([manifest], 0, last + step.by);
            if (step.by < 0n) continue;
            last += step.by;
            if (!isFrozen) await player.holdMasks(manifest, last);
          }
          const cuts = [...player.book().keys()].sort((a, b) => (a < b ? -1 : 1));
          if (cuts.length > 1) await player.holdParts(manifest, cuts[0]!, cuts.at(-1)!);
        }),
        { numRuns: Math.ceil(histories[name] / 3) },
      );
    },
  );
});

it('a change behind a view is followed to whom it concerns', async () => {
  const compiled = compileSegments({ s: { where: { did: 'other', within: '3 days' } } });
  const [start, hour] = [instant('2025-03-30T00:00:00Z'), 3_600_000_000n];
  const users = names.map((user): User => ({ user, plan: null, age: null, isTest: false, since: null }));
  const seen = (key: number, user: string, hours: bigint): Row => ({
    ...{ key, user, at: start - hours * hour, kind: 'other', model: 'others', value: null, color: null },
  });
  for (const { name, memory } of opened) {
    await memory.reset();
    await memory.hold(users, [seen(1, 'a', 9n), seen(2, 'b', 9n)], false);
    expect(await memory.evaluate(compiled, 's', start, '2025-06-01T00:00:00Z'), name).toMatchObject({ size: 2 });
    // One comes late and one is gone: neither lies between the cuts.
    await memory.hold(users, [seen(2, 'b', 9n), seen(3, 'c', 30n)], false);
    const found = await memory.evaluate(compiled, 's', start + hour, '2025-06-01T00:00:00Z');
    expect(found, name).toMatchObject({ size: 2, entered: 1, left: 1, lookedAt: 2, population: 8 });
  }
});

describe('an evaluation that is killed', () => {
  const day = 86_400_000_000n;
  const start = instant('2025-03-30T00:00:00Z');
  const manifest = () =>
    compileSegments({
      s: {
        where: { all: [{ did: 'spend', within: '2 days' }, { property: "plan = 'pro'" }] },
        exclude: ['test_users'],
      },
    });
  const users = names.map((user): User => ({ user, plan: 'pro', age: null, isTest: user === 'h', since: null }));
  const spend = (key: number, user: string, at: bigint): Row => ({
    ...{ key, user, at, kind: 'spend', model: 'events', value: 10, color: null },
  });
  const rows = [
    spend(1, 'a', start - day),
    spend(2, 'b', start - 1n),
    spend(3, 'c', start + 1n),
    spend(4, 'h', start - 1n),
  ];
  const late = [...rows, spend(5, 'd', start - 2n)];
  const tables = ['versions', 'evaluations', 'memberships', 'masks'].map((name) => `etalon_state.segment_${name}`);

  it.each([
    ['a cut after the last one', start + 2n * day],
    ['a cut in the past that comes out otherwise', start],
  ])(
    'at any statement of %s leaves the memory as it was, and the next is as if nothing had happened',
    { timeout: 300_000 },
    async (_, cut) => {
      const engine = await openEngine({ engine: 'duckdb', path: ':memory:', threads: 1 });
      const failing = createFailingEngine(engine);
      const memory = await openMemoryTarget(failing.engine);
      const compiled = manifest();
      const dump = async () => {
        failing.fail(undefined);
        const found = [];
        for (const table of tables) found.push((await engine.execute(`select * from ${table} order by all`)).rows);
        return JSON.stringify(found);
      };
      const prepare = async () => {
        failing.fail(undefined);
        await memory.reset();
        await memory.hold(users, rows, false);
        for (const one of [start, start + day]) await memory.evaluate(compiled, 's', one, '2025-06-01T00:00:00Z');
        await memory.hold(users, late, false);
      };
      const evaluate = () => memory.evaluate(compiled, 's', cut, '2025-06-02T00:00:00Z');
      await prepare();
      failing.fail(undefined);
      await evaluate();
      const statements = failing.count();
      const undisturbed = await dump();
      await prepare();
      const before = await dump();
      expect(before).not.toBe(undisturbed);
      expect(statements).toBeGreaterThan(15);
      // The last is the commit: it is lost before it is done, and after it.
      const kills = Array.from({ length: statements }, (_, i) => ({
        nth: i + 1,
        after: i % 2 === 1 && i + 1 < statements,
      }));
      for (const kill of [...kills, { nth: statements, after: true }]) {
        failing.fail(kill);
        await expect(evaluate()).rejects.toThrow('the connection was lost');
        const isKept = kill.nth === statements && kill.after;
        expect([kill, await dump()]).toEqual([kill, isKept ? undisturbed : before]);
      }
      expect((await evaluate()).status).toBe('unchanged');
      expect(await dump()).toBe(undisturbed);
      await engine.close();
    },
  );
});
