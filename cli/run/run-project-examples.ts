import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { type ExamplesRun, runExamples } from '../../runtime/run/run-examples.ts';
import type { Context, Flags } from '../context.ts';
import type { Project } from '../project/load-project.ts';
import { getTarget, openTarget } from '../project/open-target.ts';
import { selectNames } from '../project/select-names.ts';

/**
 * The worked examples of the chosen metrics. They read no table, so an in-memory DuckDB serves; where `--target` is given, that target's own engine computes them.
 */
export async function runProjectExamples(context: Context, project: Project, flags: Flags = {}): Promise<ExamplesRun> {
  const { manifest } = project;
  const chosen = flags.select === undefined ? undefined : [...(await selectNames(manifest, flags)).metrics];
  // Opening an engine costs more than having nothing to run.
  const any = manifest.metrics.some((metric) => metric.examples.length > 0 && (chosen?.includes(metric.name) ?? true));
  if (!any) return { results: [], notComputed: 0 };
  const engine = await openExampleEngine(context, project, flags);
  try {
    return await runExamples({ manifest, engine, signal: context.signal, ...(chosen ? { metrics: chosen } : {}) });
  } finally {
    await engine.close();
  }
}

function openExampleEngine(context: Context, project: Project, flags: Flags): Promise<Engine> {
  const asked = flags.target !== undefined && getTarget(project, flags).engine !== 'duckdb';
  if (asked) return openTarget(context, project, flags, { readOnly: true });
  return openEngine({ engine: 'duckdb', path: ':memory:', threads: 1, folders: [] });
}
