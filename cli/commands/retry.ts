import type { Manifest } from '../../compiler/index.ts';
import type { History } from '../../runtime/state/history-types.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { readTargetHistory, targetExists } from '../project/read-target-history.ts';
import { runAndReport } from '../run/run-and-report.ts';

/** `etalon run --select` of what failed or was skipped last, and what hangs on it. */
export const retry: Command = async (context, _words, flags) => {
  const since = context.stopwatch();
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  if (!targetExists(project, target)) failUnbuilt(target);
  const history = await withTarget(context, project, flags, (engine) => readTargetHistory(project, target, engine), {
    readOnly: true,
  });
  const failed = findFailed(project.manifest, history);
  if (failed.length > 0) {
    const select = failed.map((name) => `${name}+`);
    return runAndReport(context, project, { ...flags, select }, 'retry', since);
  }
  if (flags.json) context.output.out(formatJson({ retried: [] }));
  else if (!flags.events) context.output.out('nothing failed last: nothing to retry\n');
  return exitCode.done;
};

/** Models whose last step failed or was skipped, and those that a test looks at which failed last. */
function findFailed(manifest: Manifest, history: History): readonly string[] {
  const models = Object.values(history.models).filter(({ status }) => status === 'failing');
  const tests = manifest.tests.filter(({ name }) => {
    const last = history.tests[name];
    return last?.severity === 'error' && (last.status === 'failed' || last.status === 'error');
  });
  return [
    ...new Set([
      ...models.map(({ model }) => model),
      ...tests.flatMap(({ model, reads }) => (model === undefined ? reads : [model])),
    ]),
  ].sort();
}
