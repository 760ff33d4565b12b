import type { Context, Flags } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatSeconds } from '../output/format-quantity.ts';
import type { Project } from '../project/load-project.ts';
import { withTarget } from '../project/open-target.ts';
import { selectNames } from '../project/select-names.ts';
import { executeRun } from './execute-run.ts';
import { readHashKey } from './read-hash-key.ts';
import { codeOf, formatModels, formatTests, totalRun } from './summarise-run.ts';

/** Runs models, shows it as it goes on, and sums up. */
export async function runAndReport(
  context: Context,
  project: Project,
  flags: Flags,
  command: string,
  since: number,
): Promise<ExitCode> {
  // A slip in a selector and a key that is missing are told before a target is opened, which may make its file.
  await selectNames(project.manifest, flags);
  await readHashKey(context, project, flags);
  const result = await withTarget(context, project, flags, (engine) =>
    executeRun(context, project, flags, engine, { command }),
  );
  const { output } = context;
  const totals = totalRun(result);
  if (flags.json && !flags.events) output.out(formatJson({ ...result, totals }));
  else if (!flags.events) {
    const colours = output.outColours;
    output.out(`models  ${formatModels(totals, colours)}\ntests   ${formatTests(totals, colours)}\n`);
    output.out(`${result.status} in ${formatSeconds(context.stopwatch() - since)}\n`);
  }
  return codeOf(result, flags.failOn, project.diagnostics.length);
}
