import type { Command } from '../context.ts';
import { loadProject } from '../project/load-project.ts';
import { runAndReport } from '../run/run-and-report.ts';

export const run: Command = async (context, _words, flags) => {
  const since = context.stopwatch();
  return runAndReport(context, await loadProject(context, flags), flags, 'run', since);
};
