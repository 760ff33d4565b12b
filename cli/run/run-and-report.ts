import type { Context, Flags } from '../context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatSeconds } from '../output/format-quantity.ts';
import type { Project } from '../project/load-project.ts';
import { withTarget } from '../project/open-target.ts';
import { selectNames } from '../project/select-names.ts';
import { chooseDue, tellNothingDue } from './choose-due.ts';
import { executeRun } from './execute-run.ts';
import { readHashKey } from './read-hash-key.ts';
import { codeOf, formatModels, formatSegments, formatTests, totalRun } from './summarise-run.ts';

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
  const result = await withTarget(context, project, flags, async (engine) => {
    if (!flags.due) return executeRun(context, project, flags, engine, { command });
    const chosen = await chooseDue(context, project, flags, engine);
    return chosen && executeRun(context, project, flags, engine, { command, chosen });
  });
  const { output } = context;
  if (result === undefined) {
    tellNothingDue(context, flags);
    return exitCode.done;
  }
  const totals = totalRun(result);
  if (flags.json && !flags.events) output.out(formatJson({ ...result, totals }));
  else if (!flags.events) {
    const colours = output.outColours;
    const segments = formatSegments(totals, colours);
    output.out(`models  ${formatModels(totals, colours)}\ntests   ${formatTests(totals, colours)}\n`);
    if (segments !== undefined) output.out(`segments  ${segments}\n`);
    output.out(`${result.status} in ${formatSeconds(context.stopwatch() - since)}\n`);
  }
  return codeOf(result, flags.failOn, project.diagnostics.length);
}
