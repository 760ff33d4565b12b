import type { Adopted, AdoptedModel } from '../../runtime/upkeep/adopt-state.ts';
import type { Command, Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';
import { formatTable } from '../output/format-table.ts';
import { createProgress } from '../output/progress.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { countThreads, getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';
import { readHashKey } from '../run/read-hash-key.ts';
import { formatTests, totalRun } from '../run/summarise-run.ts';

export const stateAdopt: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  if (!targetExists(project, target)) failUnbuilt(target);
  const { adoptState } = await import('../../runtime/upkeep/adopt-state.ts');
  const deep = flags.deep !== false;
  const hashKey = deep ? await readHashKey(context, project, flags) : undefined;
  const progress = createProgress(context);
  const adopted = await withTarget(context, project, flags, async (engine) => {
    try {
      return await adoptState({
        engine,
        manifest: project.manifest,
        target: target.name,
        folder: project.folder,
        clock: context.clock,
        deep,
        ...(hashKey ? { hashKey } : {}),
        threads: countThreads(target, flags),
        emit: progress.emit,
        signal: context.signal,
      });
    } finally {
      progress.end();
    }
  });
  if (flags.json) context.output.out(formatJson({ target: target.name, ...adopted }));
  else print(context, adopted);
  return codeOf(adopted);
};

/** What is left to the next run makes it done in part. */
function codeOf({ models, tests }: Adopted): ExitCode {
  if (models.some(({ outcome }) => outcome === 'given-up')) return exitCode.part;
  return tests?.exitCode ?? exitCode.done;
}

function print({ output }: Context, { models, tests }: Adopted): void {
  const { bold, green, yellow, dim } = output.outColours;
  const paint: Readonly<Record<AdoptedModel['outcome'], (text: string) => string>> = {
    adopted: green,
    known: dim,
    'given-up': yellow,
    absent: dim,
  };
  const cells = models.map(({ model, outcome, rows, why }) => [
    model,
    paint[outcome](outcome),
    rows?.toLocaleString('en-US') ?? '',
    why,
  ]);
  const columns = [{ title: 'model' }, { title: '' }, { title: 'rows', align: 'right' as const }, { title: 'why' }];
  output.out(formatTable(columns, cells, bold));
  if (tests !== undefined) output.out(`\ntests   ${formatTests(totalRun(tests), output.outColours)}\n`);
  const left = models.filter(({ outcome }) => outcome === 'given-up').length;
  if (left > 0)
    output.out(`\n${formatCount(left, 'model')} given up: readers keep what is there, etalon run builds anew\n`);
}
