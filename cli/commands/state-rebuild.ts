import type { GivenUp, RebuildPlan } from '../../runtime/upkeep/rebuild-state.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';
import { selectNames } from '../project/select-names.ts';

export const stateRebuild: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  const { models } = await selectNames(project.manifest, flags);
  if (!targetExists(project, target)) failUnbuilt(target);
  const { planRebuild, rebuildState } = await import('../../runtime/upkeep/rebuild-state.ts');
  const { output } = context;
  return withTarget(context, project, flags, async (engine) => {
    const request = {
      engine,
      manifest: project.manifest,
      target: target.name,
      ...(flags.select === undefined ? {} : { select: [...models] }),
      folder: project.folder,
      clock: context.clock,
    };
    const plan = await planRebuild(request);
    if (plan.everything && plan.models.length > 0 && flags.select !== undefined) {
      throw new CommandFailure(exitCode.usage, '`--select`: the state is gone, so everything that stands is given up', [
        'leave `--select` out, or see what `etalon state adopt` can take over',
      ]);
    }
    if (plan.models.length === 0) {
      output.out(
        flags.json ? formatJson({ done: false, ...plan }) : 'nothing of it is published: nothing to give up\n',
      );
      return exitCode.done;
    }
    if (!flags.json) output.out(describePlan(plan));
    if (!(await isMeant(context, flags))) {
      if (flags.json) output.out(formatJson({ done: false, ...plan }));
      return exitCode.usage;
    }
    const done = await rebuildState(request);
    if (flags.json) output.out(formatJson({ done: true, ...done }));
    else output.out(`${formatCount(done.models.length, 'model')} given up: etalon run builds anew\n`);
    return exitCode.done;
  });
};

function describePlan({ models, below }: RebuildPlan): string {
  const width = Math.max(...models.map(({ model }) => model.length));
  const lines = models.map((one) => `gives up  ${one.model.padEnd(width)}  ${describe(one)}`.trimEnd());
  const follow = below.length === 0 ? [] : [`these follow, since they read them: ${below.join(', ')}`];
  return `${[...lines, ...follow, 'readers keep what is published until the next run has built it anew'].join('\n')}\n`;
}

function describe({ rows, gone, recorded }: GivenUp): string {
  return [
    ...(rows === undefined ? [] : [formatCount(rows, 'row')]),
    ...(recorded ? [] : ['no record is left of it']),
    ...(gone.length === 0
      ? []
      : [
          `${formatCount(gone.length, 'loaded file')} ${gone.length === 1 ? 'is' : 'are'} gone: the next run wants --accept-loss`,
        ]),
  ].join('; ');
}

async function isMeant({ output, ask }: Context, flags: Flags): Promise<boolean> {
  if (flags.yes) return true;
  if (ask !== undefined && !flags.json) return /^y(es)?$/i.test((await ask('go on? [y/N] ')).trim());
  output.err('nothing was done; to do so, add --yes\n');
  return false;
}
