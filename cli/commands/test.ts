import type { RunResult } from '../../runtime/run/run-types.ts';
import type { TestResult } from '../../runtime/state/history-types.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { formatJson, formatJsonLine } from '../output/format-json.ts';
import { formatSeconds } from '../output/format-quantity.ts';
import { formatTable } from '../output/format-table.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject, type Project } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { readTargetHistory, targetExists } from '../project/read-target-history.ts';
import { selectNames } from '../project/select-names.ts';
import { executeRun } from '../run/execute-run.ts';
import { runProjectExamples } from '../run/run-project-examples.ts';
import { formatExamples, formatFailedExamples, totalExamples } from '../run/summarise-examples.ts';
import { allTestResults, codeOf, formatTests, totalRun } from '../run/summarise-run.ts';
import { testMetrics } from '../run/test-metrics.ts';

export const test: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  if (flags.examples && flags.metrics)
    throw new CommandFailure(exitCode.usage, '`--examples` and `--metrics` are two commands in one', [
      'run one after the other',
    ]);
  if (flags.metrics) return testMetrics(context, project, flags);
  return flags.examples ? testExamples(context, project, flags) : testData(context, project, flags);
};

async function testExamples(context: Context, project: Project, flags: Flags): Promise<ExitCode> {
  const { output } = context;
  const since = context.stopwatch();
  const examples = await runProjectExamples(context, project, flags);
  const totals = totalExamples(examples);
  if (flags.events)
    for (const result of examples.results) output.out(formatJsonLine({ event: 'example_ended', result }));
  else if (flags.json) output.out(formatJson({ examples: examples.results, totals }));
  else {
    output.err(formatFailedExamples(examples, output.errColours));
    const took = formatSeconds(context.stopwatch() - since);
    output.out(`examples  ${formatExamples(totals, output.outColours)}, in ${took}\n`);
  }
  return totals.failed > 0 ? exitCode.failed : exitCode.done;
}

async function testData(context: Context, project: Project, flags: Flags): Promise<ExitCode> {
  const target = getTarget(project, flags);
  if (!targetExists(project, target)) failUnbuilt(target);
  await selectNames(project.manifest, flags);
  const result = await withTarget(context, project, flags, async (engine) => {
    const { models } = await readTargetHistory(project, target, engine);
    if (Object.values(models).every((model) => model.relation === undefined)) failUnbuilt(target);
    return executeRun(context, project, flags, engine, { command: 'test', testsOnly: true });
  });
  const totals = totalRun(result);
  if (flags.json && !flags.events) context.output.out(formatJson({ ...result, totals: totals.tests }));
  else if (!flags.events) print(context, result, formatTests(totals, context.output.outColours));
  return codeOf(result, flags.failOn, project.diagnostics.length);
}

function print({ output }: Context, result: RunResult, summary: string): void {
  const { bold, green, yellow, red } = output.outColours;
  const paint: Readonly<Record<TestResult['status'], (text: string) => string>> = {
    passed: green,
    warned: yellow,
    failed: red,
    error: red,
  };
  const rows = allTestResults(result).map((found) => [
    paint[found.status](found.status),
    found.test,
    found.failing.toLocaleString('en-US'),
    found.tested.toLocaleString('en-US'),
    found.message ?? '',
  ]);
  const right = { align: 'right' as const };
  const columns = [
    { title: 'status' },
    { title: 'data test' },
    { title: 'failing', ...right },
    { title: 'tested', ...right },
    { title: '' },
  ];
  if (rows.length > 0) output.out(`${formatTable(columns, rows, bold)}\n`);
  output.out(`tests  ${summary}\n`);
}
