import type { Value } from '../../compiler/index.ts';
import { StepError } from '../../runtime/run/run-context.ts';
import { ChangeError, explainChange, type SegmentChange } from '../../runtime/segments/explain-change.ts';
import { queryState } from '../../runtime/segments/query-state.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { requireInstant } from '../project/read-as-of.ts';
import { targetExists } from '../project/read-target-history.ts';
import { requireSegment } from '../segment/ask-segments.ts';
import { changeColumns, changeRows } from '../segment/change-rows.ts';
import { maskKeys } from '../segment/mask-keys.ts';
import { formatOf, printRows } from '../segment/print-answer.ts';

export const segmentExplainChange: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const { manifest } = project;
  const segment = requireSegment(manifest, name!);
  const target = getTarget(project, flags);
  const bound = (name: 'from' | 'to') => requireInstant(project, String(flags[name]), `--${name}`);
  const [from, to] = [bound('from'), bound('to')];
  if (!targetExists(project, target)) failUnbuilt(target);
  const work = { manifest, target: target.name, segment, from, to, samples: flags.samples as number };
  const found = await withTarget(
    context,
    project,
    flags,
    (engine) => queryState({ ...work, engine }, () => explainOrFail(() => explainChange({ ...work, engine }))),
    { readOnly: true },
  );
  if (found === undefined) failUnbuilt(target);
  const mask = maskKeys(context, manifest, segment);
  print(
    context,
    flags,
    segment.name,
    masked(found, (key) => String(mask(key))),
  );
  return exitCode.done;
};

async function explainOrFail(explain: () => Promise<SegmentChange>): Promise<SegmentChange> {
  try {
    return await explain();
  } catch (error) {
    if (error instanceof ChangeError) throw new CommandFailure(exitCode.failed, error.message, error.hints);
    if (error instanceof StepError) throw new CommandFailure(exitCode.failed, error.message);
    throw error;
  }
}

function masked(change: SegmentChange, mask: (key: string) => string): SegmentChange {
  const steps = change.steps.map((step) => ({
    ...step,
    who: { entered: step.who.entered.map(mask), left: step.who.left.map(mask) },
  }));
  return { ...change, steps };
}

function print(context: Context, flags: Flags, segment: string, change: SegmentChange): void {
  const { output } = context;
  if (formatOf(flags) === 'json') {
    output.out(formatJson({ segment, ...change }));
    return;
  }
  const { from, to } = change;
  if (formatOf(flags) === 'table') {
    const line = (cut: typeof from, known: string) =>
      `${cut.asOf}  version ${cut.version}  ${cut.size.toLocaleString('en-US')} ${known}\n`;
    output.out(`${line(from, `as known at ${from.knownAt}`)}${line(to, 'as known now')}\n`);
  }
  const rows: readonly (readonly Value[])[] = changeRows(change);
  printRows(context, flags, changeColumns(change), rows);
}
