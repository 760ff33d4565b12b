import { suggestNames } from '../../compiler/diagnostic/nearest-name.ts';
import {
  explainQuestion,
  type Manifest,
  type ManifestTarget,
  planQuery,
  type QueryPlan,
  type QueryRequest,
} from '../../compiler/index.ts';
import { isSegmentDimension } from '../../compiler/plan/segment/dimension-name.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { readFreshStored } from '../../runtime/run/fresh-stored.ts';
import { queryTarget, renderQuery, type TargetQuery } from '../../runtime/run/query-target.ts';
import { withFrozenRulers } from '../../runtime/segments/with-frozen-rulers.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { languageOf } from '../project/language-of.ts';
import { loadProject, type Project } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';
import { renderForTarget } from '../project/render-definition-sql.ts';
import { sayTextAgain } from '../project/say-again.ts';
import { failQuestion } from '../query/fail-question.ts';
import { planCell, printCell } from '../query/open-cell.ts';
import { printAnswer } from '../query/print-answer.ts';
import { type Asked, readCell, readRequest } from '../query/read-request.ts';
import { readWatermark, type Watermark } from '../query/read-watermark.ts';
import { planSaved, saveCell } from '../query/save-as-segment.ts';

export const query: Command = async (context, metrics, flags) => {
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  const { manifest } = project;
  requireMetrics(manifest, metrics);
  const asked = readRequest(project, metrics, flags);
  checkTogether(flags);
  const name = flags.saveAsSegment as string | undefined;
  const saved =
    name === undefined
      ? undefined
      : planSaved(context, project, name, asked, readCell((flags.cell as readonly string[] | undefined) ?? []));
  const plan = (asOf: string) =>
    flags.entities
      ? planCell(context, project, asked, flags, asOf).plan
      : planOrFail(context, manifest, { ...asked, asOf });
  // Planned before anything is opened: a wrong question is told even where nothing has been built.
  const draft = plan(asked.asOf ?? context.clock());
  const isBuilt = targetExists(project, target);
  if (flags.sql && !(isBuilt && hasAddress(context, target))) {
    context.output.err('nothing of the target is known here: the SQL is of now, and reads no table kept for metrics\n');
    context.output.out(`${renderForTarget(manifest, draft.sql, target)}\n`);
    return exitCode.done;
  }
  if (!isBuilt && flags.explain) return printExplanation(context, manifest, asked, draft, undefined, flags);
  if (!isBuilt) failUnbuilt(target);
  return withTarget(
    context,
    project,
    flags,
    async (engine) => {
      const watermark = await readWatermark(project, target, engine, asked);
      const asOf = asked.asOf ?? watermark.instant;
      if (flags.explain) return printExplanation(context, manifest, asked, draft, watermark, flags);
      const format = formatOf(flags);
      if (flags.entities) {
        const cell = planCell(context, project, asked, flags, asOf);
        if (flags.sql) return printSql(context, { manifest, engine, plan: cell.plan, target: target.name });
        await printCell(context, project, engine, target.name, cell, format, asOf);
        if (saved) await saveCell(context, project, engine, target.name, saved, cell.plan, asOf);
        return exitCode.done;
      }
      const stored = await readFreshStored({ engine, manifest, target: target.name });
      const measured = await withRulers(project, engine, target.name, asked);
      if (flags.sql) {
        const planned = planOrFail(context, measured, { ...asked, asOf }, stored);
        return printSql(context, { manifest: measured, engine, plan: planned, target: target.name });
      }
      const ask = async (request: QueryRequest) => {
        const planned = planOrFail(context, measured, request, stored);
        const { rows } = await queryTarget({ manifest: measured, engine, plan: planned, target: target.name });
        return { plan: planned, rows };
      };
      const answer = await ask({ ...asked, asOf });
      await printAnswer(context, format, answer, { manifest: measured, asked, asOf, watermark, ask });
      return exitCode.done;
    },
    { readOnly: true },
  );
};

/** Word for word what would be run. */
function printSql({ output }: Context, question: TargetQuery) {
  output.out(`${renderQuery(question)}\n`);
  return exitCode.done;
}

/** Can the target be asked at all? */
function hasAddress({ env }: Context, target: ManifestTarget): boolean {
  return target.engine !== 'postgres' || Boolean(env[target.urlEnv]);
}

/** What is cut by a segment is cut by its ruler, where that was frozen. */
async function withRulers({ manifest }: Project, engine: Engine, target: string, { by }: Asked): Promise<Manifest> {
  return by.some(isSegmentDimension) ? withFrozenRulers({ manifest, engine, target }) : manifest;
}

function formatOf(flags: Flags): 'table' | 'json' | 'csv' {
  return flags.json ? 'json' : (flags.format as 'table' | 'json' | 'csv');
}

function checkTogether(flags: Flags): void {
  if (flags.cell !== undefined && !flags.entities)
    throw new CommandFailure(exitCode.usage, '`--cell` is for `--entities`: it names the cell that is opened', [
      'add `--entities`, or narrow the question with `--where`, `--from` and `--to`',
    ]);
  if (flags.saveAsSegment !== undefined && !flags.entities)
    throw new CommandFailure(exitCode.usage, '`--save-as-segment` saves a cell, and none is opened', [
      'for example: etalon query signup_retention --entities --cell cohort=2025-01,k=2 --save-as-segment came_back',
    ]);
  if (flags.entities && flags.explain)
    throw new CommandFailure(exitCode.usage, '`--explain` does not apply to `--entities`', [
      'leave `--entities` out to have the metric explained, or see its SQL with `--sql`',
    ]);
}

/** In words instead of numbers. */
function printExplanation(
  { output }: Context,
  manifest: Manifest,
  asked: Asked,
  plan: QueryPlan,
  watermark: Watermark | undefined,
  flags: Flags,
) {
  const instant = asked.asOf ?? watermark?.instant;
  const why =
    asked.asOf !== undefined
      ? `asked for${watermark ? `; data is complete before ${watermark.instant} (${watermark.heldBy.join(', ')})` : ''}`
      : watermark
        ? `the watermark: ${watermark.heldBy.join(', ')} ${watermark.heldBy.length === 1 ? 'is' : 'are'} complete before it`
        : 'nothing is built yet on this target';
  const told = explainQuestion(
    manifest,
    asked,
    plan,
    { ...(instant === undefined ? {} : { instant }), why },
    languageOf(manifest, flags),
  );
  const text = sayTextAgain(manifest, flags, told);
  output.out(
    formatOf(flags) === 'json'
      ? formatJson({ asked, text, columns: plan.columns, reads: plan.reads })
      : text.endsWith('\n')
        ? text
        : `${text}\n`,
  );
  return exitCode.done;
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

function planOrFail(
  context: Context,
  manifest: Manifest,
  request: QueryRequest,
  stored?: ReadonlySet<string>,
): QueryPlan {
  const { plan, diagnostics } = planQuery(manifest, request, stored);
  if (plan && !diagnostics.some(({ severity }) => severity === 'error')) return plan;
  return failQuestion(context, diagnostics, request.where);
}
