import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  attritionOf,
  compileFiles,
  type Manifest,
  type ManifestSegment,
  planSegment,
  type SegmentQuestion,
  type SourceFile,
  type Value,
} from '../compiler/index.ts';
import type { Engine } from '../runtime/engine/engine.ts';
import { openEngine } from '../runtime/engine/open-engine.ts';
import { queryTarget } from '../runtime/index.ts';
import { run } from '../runtime/run/run.ts';
import { evaluateSegment } from '../runtime/segments/evaluate-segment.ts';
import { dayStart, type History, historyOf } from './incremental-project.ts';
import type { Benchmark, Figure, Timing } from './measure.ts';
import { best, timed } from './measure.ts';
import type { EngineName } from './measure-increments.ts';
import { type BenchDatabase, withPostgres } from './postgres-server.ts';
import { getManifest, timeRun } from './run-in-process.ts';
import {
  type BenchSegment,
  benchSegments,
  writeSegmentsDay,
  writeSegmentsHistory,
  writeSegmentsProject,
} from './segments-project.ts';
import { withFolder } from './temporary-folder.ts';

/** Twenty segments over a history of events of 100,000 users: computed for the first time, again a day later, and one more that is not committed yet. */
export function segmentsBenchmark(events: number, engines: readonly EngineName[]): Benchmark {
  const words = events % 1_000_000 === 0 ? `${events / 1_000_000}m` : `${events / 1000}k`;
  return {
    name: `segments-${words}`,
    run: () =>
      withFolder(async (folder) => {
        const history = historyOf(events);
        writeSegmentsProject(folder);
        const title = `${benchSegments.length} segments over ${words} events`;
        const figures: Figure[] = [];
        if (engines.includes('duckdb'))
          figures.push(...(await measure(folder, history, `${title}, DuckDB`, join(folder, 'ours.duckdb'))));
        if (engines.includes('postgres'))
          figures.push(
            ...((await withPostgres((server) => measure(folder, history, `${title}, PostgreSQL`, server))) ?? []),
          );
        return figures;
      }),
  };
}

interface Side {
  readonly engine: Engine;
  readonly manifest: Manifest;
  readonly server: BenchDatabase | undefined;
}

const turns = 3;

async function measure(
  folder: string,
  history: History,
  title: string,
  target: string | BenchDatabase,
): Promise<readonly Figure[]> {
  const server = typeof target === 'string' ? undefined : target;
  rmSync(join(folder, 'data', 'next-day.parquet'), { force: true });
  await writeSegmentsHistory(folder, history);
  const manifest = await getManifest(folder);
  await timeRun(folder, manifest, target, 2);
  const open = () =>
    openEngine(
      server
        ? { engine: 'postgres', url: server.url, threads: 2 }
        : { engine: 'duckdb', path: target as string, threads: 2 },
    );
  const onDay = async (day: number, work: string): Promise<Figure> => {
    const engine = await open();
    try {
      return { work: `${title}: ${work}`, ...(await compareSizes({ engine, manifest, server }, day)) };
    } finally {
      await engine.close();
    }
  };
  const remembered = async (day: number, work: string): Promise<Figure> => {
    const engine = await open();
    try {
      return { work: `${title}: ${work}`, ...(await remember(folder, { engine, manifest, server }, day)) };
    } finally {
      await engine.close();
    }
  };
  const first = await onDay(history.days, 'sizes, each computed');
  // The last event lies before the end of its day: the cut up to which all is complete is the start of it.
  const stored = await remembered(history.days - 1, 'first evaluation, stored');
  await writeSegmentsDay(folder, history);
  await timeRun(folder, manifest, target, 2);
  const next = await onDay(history.days + 1, 'one day later');
  const moved = await remembered(history.days, 'one day later, stored');
  const engine = await open();
  try {
    return [
      first,
      next,
      stored,
      moved,
      {
        work: `${title}: preview of one more`,
        ...(await preview(folder, { engine, manifest, server }, history.days)),
        target: '3 s',
      },
    ];
  } finally {
    await engine.close();
  }
}

/** The cut as both sides have it. */
function cutOf(day: number): { readonly sql: string; readonly instant: string } {
  const instant = new Date(Date.UTC(2020, 0, 1 + day)).toISOString();
  return { sql: dayStart(day), instant };
}

async function ask(
  { engine, manifest }: Side,
  question: SegmentQuestion,
  asOf: string,
): Promise<readonly (readonly Value[])[]> {
  const { plan, diagnostics } = planSegment(manifest, question, asOf);
  if (!plan) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return (await queryTarget({ manifest, engine, plan })).rows;
}

/** All sizes with attrition, ours; the members counted by hand. Both must find as many, or no figure is given. */
async function compareSizes(side: Side, day: number): Promise<Omit<Figure, 'work'>> {
  const { sql, instant } = cutOf(day);
  const ours = async () => {
    const sizes: number[] = [];
    for (const { name } of benchSegments) sizes.push(await countMembers(side, name, instant));
    return sizes;
  };
  const hand = async () => {
    const sizes: number[] = [];
    for (const { byHand } of benchSegments) sizes.push(Number((await side.engine.execute(byHand(sql))).rows[0]![0]));
    return sizes;
  };
  agree(benchSegments, await ours(), await hand());
  let [own, floor]: (Timing | undefined)[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    own = best(await timed(ours, side.server), own);
    floor = best(await timed(hand, side.server), floor);
  }
  return { ...own!, floor: { what: 'the members of each counted by hand', ...floor! } };
}

/** Evaluates all of them at a cut as a run does, once: who came and who went is written. Sizes must be those by hand. */
async function remember(folder: string, side: Side, day: number): Promise<Omit<Figure, 'work'>> {
  const { sql, instant } = cutOf(day);
  const { engine, manifest, server } = side;
  const sizes: number[] = [];
  let looked = 0;
  let everyone = 0;
  const own = await timed(async () => {
    const names = benchSegments.map(({ name }) => name);
    const { segments } = await run({
      manifest,
      engine,
      effects: { clock: () => new Date().toISOString(), emit: () => undefined, folder },
      command: 'segment evaluate',
      threads: 2,
      select: [],
      segments: { names, cuts: [instant], evaluate: evaluateSegment },
    });
    for (const { name } of benchSegments) {
      const found = segments.find(({ segment }) => segment === name);
      if (found?.size === undefined) throw new Error(`${name} was not evaluated: ${found?.error ?? found?.reason}`);
      sizes.push(found.size);
      looked += found.lookedAt ?? 0;
      everyone += found.population ?? 0;
    }
  }, server);
  const counted: number[] = [];
  const floor = await timed(async () => {
    for (const { byHand } of benchSegments) counted.push(Number((await engine.execute(byHand(sql))).rows[0]![0]));
  }, server);
  agree(benchSegments, sizes, counted);
  const million = (n: number) => (n / 1e6).toFixed(2);
  return {
    ...own,
    floor: { what: 'the members of each counted by hand', ...floor },
    note: `${million(looked)} M of ${million(everyone)} M answers looked at`,
  };
}

async function countMembers(side: Side, name: string, asOf: string): Promise<number> {
  const rows = await ask(side, { ask: 'masks', segment: name }, asOf);
  const segment = side.manifest.segments.find((one) => one.name === name) as ManifestSegment;
  const masks = rows.map(([, mask, entities]) => ({ mask: String(mask), entities: Number(entities) }));
  return attritionOf(segment, masks)!.members;
}

function agree(segments: readonly BenchSegment[], ours: readonly number[], hand: readonly number[]): void {
  const wrong = segments.flatMap(({ name }, i) =>
    ours[i] === hand[i] ? [] : [`${name}: ${ours[i]}, by hand ${hand[i]}`],
  );
  if (wrong.length > 0) throw new Error(`the two sides do not agree: ${wrong.join('; ')}`);
  if (ours.every((size) => size === 0)) throw new Error('every segment is empty');
}

const draft = `segments:
  draft:
    entity: user
    where:
      all:
        - {did: buy, times: ">= 2", within: 60 days}
        - {did_not: search, within: 7 days}
        - {property: "country in ('DE', 'FR')"}
`;

/** A file that is compiled with the project, its size and attrition, and ten members. */
async function preview(folder: string, side: Side, day: number): Promise<Timing> {
  const { instant } = cutOf(day);
  const paths = [
    'project.yml',
    'metrics/all.yml',
    'segments/all.yml',
    ...side.manifest.models.flatMap(({ path, sqlPath }) => [path, ...(sqlPath ? [sqlPath] : [])]),
  ];
  const files = paths.map(
    (path): SourceFile => ({ kind: 'source-file', path, text: readFileSync(join(folder, path), 'utf8') }),
  );
  let timing: Timing | undefined;
  for (let turn = 0; turn < turns; turn += 1)
    timing = best(
      await timed(async () => {
        const { manifest } = compileFiles([...files, { kind: 'source-file', path: 'segments/draft.yml', text: draft }]);
        if (!manifest) throw new Error('the draft does not compile');
        const own = { ...side, manifest };
        await countMembers(own, 'draft', instant);
        await ask(own, { ask: 'members', segment: 'draft', limit: 10 }, instant);
      }, side.server),
      timing,
    );
  return timing!;
}
