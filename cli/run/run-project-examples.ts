import { createHash } from 'node:crypto';
import type { Manifest, ManifestMetric, ManifestSegment } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { type ExampleResult, type ExamplesRun, runExamples } from '../../runtime/run/run-examples.ts';
import type { Context, Flags } from '../context.ts';
import { nameCompiler } from '../project/compile-cache.ts';
import type { Project } from '../project/load-project.ts';
import { getTarget, openTarget } from '../project/open-target.ts';
import { openResultCache } from '../project/result-cache.ts';
import { selectNames } from '../project/select-names.ts';

/**
 * The worked examples of the chosen metrics and segments, each of them run. They read no table, so an in-memory DuckDB serves; where `--target` is given, that target's own engine computes
 * them.
 */
export async function runProjectExamples(context: Context, project: Project, flags: Flags = {}): Promise<ExamplesRun> {
  const { manifest } = project;
  const chosen = flags.select === undefined ? undefined : await selectNames(manifest, flags);
  const isChosen = ({ kind, name }: Worked) => chosen?.[kind === 'metric' ? 'metrics' : 'segments'].has(name) ?? true;
  return runWorked(context, project, flags, withExamples(manifest).filter(isChosen));
}

/** All worked examples of a project. Those of a metric that came out right are not run again until something that they are made from is another. */
export async function readProjectExamples(context: Context, project: Project): Promise<ExamplesRun> {
  const worked = withExamples(project.manifest);
  const cache = openResultCache<readonly ExampleResult[]>(project.folder, 'examples');
  const etalon = nameCompiler();
  const keys = new Map(worked.map((one) => [one, keyOfExamples(project.manifest, one, etalon)]));
  const found = new Map(worked.map((one) => [one, cache.find(keys.get(one)!)]));
  const fresh = await runWorked(
    context,
    project,
    {},
    worked.filter((one) => found.get(one) === undefined),
  );
  const results = worked.flatMap((one) => {
    const isOwn = ({ of, metric }: ExampleResult) => of === one.kind && metric === one.name;
    const own = found.get(one) ?? fresh.results.filter(isOwn);
    if (own.length > 0 && own.every(({ status }) => status === 'passed')) cache.keep(keys.get(one)!, own);
    return own;
  });
  cache.save();
  return { results, notComputed: countNotComputed(worked) };
}

/** What has examples. */
type Worked = ManifestMetric | ManifestSegment;

function withExamples({ metrics, segments }: Manifest): readonly Worked[] {
  return [...metrics, ...segments].filter(({ examples }) => examples.length > 0);
}

function countNotComputed(worked: readonly Worked[]): number {
  return worked.filter(({ computed }) => !computed).reduce((sum, { examples }) => sum + examples.length, 0);
}

async function runWorked(
  context: Context,
  project: Project,
  flags: Flags,
  worked: readonly Worked[],
): Promise<ExamplesRun> {
  // Opening an engine costs more than having nothing to run.
  if (!worked.some(({ computed }) => computed)) return { results: [], notComputed: countNotComputed(worked) };
  const { manifest } = project;
  const engine = await openExampleEngine(context, project, flags);
  try {
    const namesOf = (kind: Worked['kind']) => worked.filter((one) => one.kind === kind).map(({ name }) => name);
    const chosen = { metrics: namesOf('metric'), segments: namesOf('segment') };
    return await runExamples({ manifest, engine, signal: context.signal, ...chosen });
  } finally {
    await engine.close();
  }
}

function openExampleEngine(context: Context, project: Project, flags: Flags): Promise<Engine> {
  const asked = flags.target !== undefined && getTarget(project, flags).engine !== 'duckdb';
  if (asked) return openTarget(context, project, flags, { readOnly: true });
  return openEngine({ engine: 'duckdb', path: ':memory:', threads: 1, folders: [] });
}

/** The examples, the meaning of what they are of, every model that rows may be given for or computed through, the calendar, and Etalon itself. */
function keyOfExamples({ project, models }: Manifest, one: Worked, etalon: string): string {
  const ground = models.map(({ name, fingerprint }) => [name, fingerprint]);
  const { kind, name, fingerprint, examples } = one;
  return createHash('sha256')
    .update(JSON.stringify([kind, name, fingerprint, examples, ground, project.exclusions, project.calendar, etalon]))
    .digest('hex');
}
