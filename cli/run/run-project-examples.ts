import { createHash } from 'node:crypto';
import type { Manifest, ManifestMetric } from '../../compiler/index.ts';
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
 * The worked examples of the chosen metrics, each of them run. They read no table, so an in-memory DuckDB serves; where `--target` is given, that target's own engine computes
 * them.
 */
export async function runProjectExamples(context: Context, project: Project, flags: Flags = {}): Promise<ExamplesRun> {
  const { manifest } = project;
  const chosen = flags.select === undefined ? undefined : (await selectNames(manifest, flags)).metrics;
  const metrics = withExamples(manifest).filter(({ name }) => chosen?.has(name) ?? true);
  return runMetrics(context, project, flags, metrics);
}

/** All worked examples of a project. Those of a metric that came out right are not run again until something that they are made from is another. */
export async function readProjectExamples(context: Context, project: Project): Promise<ExamplesRun> {
  const metrics = withExamples(project.manifest);
  const cache = openResultCache<readonly ExampleResult[]>(project.folder, 'examples');
  const etalon = nameCompiler();
  const keys = new Map(metrics.map((metric) => [metric.name, keyOfExamples(project.manifest, metric, etalon)]));
  const found = new Map(metrics.map(({ name }) => [name, cache.find(keys.get(name)!)]));
  const fresh = await runMetrics(
    context,
    project,
    {},
    metrics.filter(({ name }) => found.get(name) === undefined),
  );
  const results = metrics.flatMap(({ name }) => {
    const own = found.get(name) ?? fresh.results.filter(({ metric }) => metric === name);
    if (own.length > 0 && own.every(({ status }) => status === 'passed')) cache.keep(keys.get(name)!, own);
    return own;
  });
  cache.save();
  return { results, notComputed: countNotComputed(metrics) };
}

function withExamples(manifest: Manifest): readonly ManifestMetric[] {
  return manifest.metrics.filter(({ examples }) => examples.length > 0);
}

function countNotComputed(metrics: readonly ManifestMetric[]): number {
  return metrics.filter(({ computed }) => !computed).reduce((sum, { examples }) => sum + examples.length, 0);
}

async function runMetrics(
  context: Context,
  project: Project,
  flags: Flags,
  metrics: readonly ManifestMetric[],
): Promise<ExamplesRun> {
  // Opening an engine costs more than having nothing to run.
  if (!metrics.some(({ computed }) => computed)) return { results: [], notComputed: countNotComputed(metrics) };
  const { manifest } = project;
  const engine = await openExampleEngine(context, project, flags);
  try {
    return await runExamples({ manifest, engine, signal: context.signal, metrics: metrics.map(({ name }) => name) });
  } finally {
    await engine.close();
  }
}

function openExampleEngine(context: Context, project: Project, flags: Flags): Promise<Engine> {
  const asked = flags.target !== undefined && getTarget(project, flags).engine !== 'duckdb';
  if (asked) return openTarget(context, project, flags, { readOnly: true });
  return openEngine({ engine: 'duckdb', path: ':memory:', threads: 1, folders: [] });
}

/** The examples, the metric's meaning, every model that rows may be given for or computed through, the calendar, and Etalon itself. */
function keyOfExamples({ project, models }: Manifest, metric: ManifestMetric, etalon: string): string {
  const ground = models.map(({ name, fingerprint }) => [name, fingerprint]);
  const { name, fingerprint, examples } = metric;
  return createHash('sha256')
    .update(JSON.stringify([name, fingerprint, examples, ground, project.exclusions, project.calendar, etalon]))
    .digest('hex');
}
