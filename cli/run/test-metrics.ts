import { type HeldRelation, holdMetrics } from '../../runtime/run/hold-metrics.ts';
import type { Context, Flags } from '../context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { formatJson, formatJsonLine } from '../output/format-json.ts';
import { formatTable } from '../output/format-table.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import type { Project } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { findAsOf, readTargetHistory, targetExists } from '../project/read-target-history.ts';
import { selectNames } from '../project/select-names.ts';

/** `etalon test --metrics`: what must hold of the chosen metrics, asked of the target as of their watermarks. */
export async function testMetrics(context: Context, project: Project, flags: Flags): Promise<ExitCode> {
  const { output, signal } = context;
  const target = getTarget(project, flags);
  if (!targetExists(project, target)) failUnbuilt(target);
  const { manifest } = project;
  const chosen = flags.select === undefined ? undefined : (await selectNames(manifest, flags)).metrics;
  const asked = manifest.metrics.filter(({ name, computed }) => computed && (chosen?.has(name) ?? true));
  const held = await withTarget(
    context,
    project,
    flags,
    async (engine) => {
      const history = await readTargetHistory(project, target, engine);
      const metrics = asked.flatMap(({ name, reads }) => {
        const asOf = findAsOf(history, reads);
        return asOf === undefined ? [] : [{ name, asOf }];
      });
      if (metrics.length === 0 && asked.length > 0) failUnbuilt(target);
      return holdMetrics({ manifest, engine, metrics, target: target.name, signal });
    },
    { readOnly: true },
  );
  const failed = held.filter(({ status }) => status !== 'passed').length;
  const totals = { passed: held.length - failed, failed };
  if (flags.events) for (const result of held) output.out(formatJsonLine({ event: 'metric_test_ended', result }));
  else if (flags.json) output.out(formatJson({ metrics: held, totals }));
  else print(context, held, totals);
  return failed > 0 ? exitCode.failed : exitCode.done;
}

function print(
  { output }: Context,
  held: readonly HeldRelation[],
  totals: { readonly passed: number; readonly failed: number },
): void {
  const { bold, green, red } = output.outColours;
  const rows = held.map(({ status, metric, words, differences }) => [
    status === 'passed' ? green(status) : red(status),
    metric,
    words,
    differences.join('; '),
  ]);
  const columns = [{ title: 'status' }, { title: 'metric' }, { title: 'what must hold' }, { title: '' }];
  if (rows.length > 0) output.out(`${formatTable(columns, rows, bold)}\n`);
  const parts = [
    ...(totals.passed > 0 ? [green(`${totals.passed} passed`)] : []),
    ...(totals.failed > 0 ? [red(`${totals.failed} failed`)] : []),
  ];
  output.out(`metrics  ${parts.join(', ') || 'none'}\n`);
}
