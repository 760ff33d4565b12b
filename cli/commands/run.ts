import type { Command } from '../context.ts';
import { formatJson } from '../output/format-json.ts';
import { formatSeconds } from '../output/format-quantity.ts';
import { loadProject } from '../project/load-project.ts';
import { withTarget } from '../project/open-target.ts';
import { executeRun } from '../run/execute-run.ts';
import { readHashKey } from '../run/read-hash-key.ts';
import { codeOf, formatModels, formatTests, totalRun } from '../run/summarise-run.ts';

export const run: Command = async (context, _words, flags) => {
  const since = context.stopwatch();
  const project = await loadProject(context, flags);
  // A slip in a selector and a key that is missing are told before a target is opened, which may make its file.
  await readHashKey(context, project, flags);
  const result = await withTarget(context, project, flags, (engine) =>
    executeRun(context, project, flags, engine, { command: 'run' }),
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
};
