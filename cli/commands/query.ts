import { suggestNames } from '../../compiler/diagnostic/nearest-name.ts';
import {
  type Grain,
  type Manifest,
  type ManifestTarget,
  planQuery,
  type QueryPlan,
  type QueryRequest,
} from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { readFreshStored } from '../../runtime/run/fresh-stored.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatResult } from '../output/format-result.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject, type Project } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { findAsOf, readTargetHistory, targetExists } from '../project/read-target-history.ts';
import { renderForTarget } from '../project/render-definition-sql.ts';

export const query: Command = async (context, metrics, flags) => {
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  requireMetrics(project.manifest, metrics);
  const asked = toRequest(metrics, flags);
  // Planned before anything is opened: a wrong question is told even where nothing has been built.
  const draft = planOrFail(project.manifest, { ...asked, asOf: asked.asOf ?? context.clock() });
  if (flags.sql) {
    context.output.out(`${renderForTarget(project.manifest, draft.sql, target)}\n`);
    return exitCode.done;
  }
  if (!targetExists(project, target)) failUnbuilt(target);
  return withTarget(
    context,
    project,
    flags,
    async (engine) => {
      const asOf = asked.asOf ?? (await readAsOf(project, target, engine, metrics));
      const stored = await readFreshStored({ engine, manifest: project.manifest, target: target.name });
      const plan = planOrFail(project.manifest, { ...asked, asOf }, stored);
      const { rows } = await queryTarget({ manifest: project.manifest, engine, plan, target: target.name });
      const format = flags.json ? 'json' : (flags.format as 'table' | 'json' | 'csv');
      context.output.out(formatResult(plan.columns, rows, format, { asOf, paint: context.output.outColours.bold }));
      return exitCode.done;
    },
    { readOnly: true },
  );
};

type Asked = Omit<QueryRequest, 'asOf'> & { readonly asOf?: string };

function toRequest(metrics: readonly string[], flags: Flags): Asked {
  const text = (name: string) => flags[name] as string | undefined;
  const where = flags.where as readonly string[] | undefined;
  const grain = text('grain') as Grain | undefined;
  const asOf = text('asOf');
  return {
    metrics,
    by: splitList(flags.by as readonly string[] | undefined),
    order: splitList(text('order') === undefined ? undefined : [text('order')!]),
    ...(grain ? { grain } : {}),
    ...(where ? { where: where.length === 1 ? where[0]! : where.map((part) => `(${part})`).join(' and ') } : {}),
    ...(text('from') ? { from: text('from')! } : {}),
    ...(text('to') ? { to: text('to')! } : {}),
    ...(flags.limit === undefined ? {} : { limit: flags.limit as number }),
    ...(asOf ? { asOf: requireInstant(asOf) } : {}),
  };
}

function splitList(texts: readonly string[] | undefined): string[] {
  const parts = (texts ?? []).flatMap((text) => text.split(','));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** `2025-03-01` is midnight UTC; anything finer says its zone. */
function requireInstant(text: string): string {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const instant = date ? `${text}T00:00:00Z` : text;
  const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;
  if (shape.test(instant) && !Number.isNaN(Date.parse(instant))) return instant;
  throw new CommandFailure(exitCode.usage, `\`--as-of ${text}\`: not an instant`, [
    'for example 2025-03-01 or 2025-03-01T12:00:00Z',
  ]);
}

function requireMetrics(manifest: Manifest, metrics: readonly string[]): void {
  const names = manifest.metrics.map((metric) => metric.name);
  for (const name of metrics) {
    if (names.includes(name)) continue;
    const model = manifest.models.some((candidate) => candidate.name === name);
    const hints = model ? ['it is a model; `query` computes metrics'] : suggestNames(name, names);
    throw new CommandFailure(exitCode.usage, `no metric is named \`${name}\``, hints);
  }
}

function planOrFail(manifest: Manifest, request: QueryRequest, stored?: ReadonlySet<string>): QueryPlan {
  const { plan, diagnostics } = planQuery(manifest, request, stored);
  const wrong = diagnostics.find((found) => found.severity === 'error');
  if (plan && !wrong) return plan;
  throw new CommandFailure(exitCode.usage, wrong?.message ?? 'the question has no plan', wrong?.hints);
}

async function readAsOf(
  project: Project,
  target: ManifestTarget,
  engine: Engine,
  metrics: readonly string[],
): Promise<string> {
  const history = await readTargetHistory(project, target, engine);
  const reads = project.manifest.metrics.filter((metric) => metrics.includes(metric.name)).flatMap((m) => m.reads);
  return findAsOf(history, [...new Set(reads)]) ?? failUnbuilt(target);
}
