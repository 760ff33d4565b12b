import type { Collected, Leftover } from '../../runtime/upkeep/collect-target.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';

const duration = /^\d{1,6} (second|minute|hour|day|week|month|year)s?$/;

export const gc: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  const olderThan = String(flags.olderThan);
  if (!duration.test(olderThan)) {
    throw new CommandFailure(exitCode.usage, `\`--older-than ${olderThan}\` is not a length of time`, [
      'a whole number and a unit, such as `7 days`, `12 hours`, `3 months`',
    ]);
  }
  if (!targetExists(project, target)) failUnbuilt(target);
  const { collectTarget } = await import('../../runtime/upkeep/collect-target.ts');
  const dryRun = flags.dryRun === true;
  const collected = await withTarget(
    context,
    project,
    flags,
    (engine) =>
      collectTarget({
        engine,
        manifest: project.manifest,
        target: target.name,
        folder: project.folder,
        clock: context.clock,
        olderThan,
        dryRun,
      }),
    { readOnly: dryRun },
  );
  if (flags.json) context.output.out(formatJson({ target: target.name, dryRun, olderThan, ...collected }));
  else print(context, collected, dryRun);
  return exitCode.done;
};

function print({ output }: Context, { dropped, kept, changes, journal }: Collected, dryRun: boolean): void {
  const verb = dryRun ? 'would drop' : 'dropped';
  for (const leftover of dropped) output.out(`${verb}  ${leftover.name}${describeSize(leftover)}\n`);
  for (const { name, why } of kept) output.out(`kept  ${name}: ${why}\n`);
  const rows = [
    ...(changes === 0 ? [] : [`${formatCount(changes, 'row')} of logs of changes that all have seen`]),
    ...Object.entries(journal).flatMap(([table, count]) =>
      count === 0 ? [] : [`${formatCount(count, 'row')} of ${table}`],
    ),
  ];
  if (rows.length > 0) output.out(`${dryRun ? 'would delete' : 'deleted'}  ${rows.join(', ')}\n`);
  if (dropped.length + kept.length + rows.length === 0) output.out('nothing is left over\n');
}

function describeSize({ rows, bytes }: Leftover): string {
  const parts = [
    ...(rows === undefined ? [] : [formatCount(rows, 'row')]),
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
  ];
  return parts.length === 0 ? '' : `  ${parts.join(', ')}`;
}

function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.trunc(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
