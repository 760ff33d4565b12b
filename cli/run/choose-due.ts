import type { Engine } from '../../runtime/engine/engine.ts';
import type { SegmentRequest } from '../../runtime/schedule/plan-segments.ts';
import { findDue } from '../../runtime/segments/find-due.ts';
import type { Context, Flags } from '../context.ts';
import { formatJson, formatJsonLine } from '../output/format-json.ts';
import type { Project } from '../project/load-project.ts';
import { getTarget } from '../project/open-target.ts';
import { selectNames } from '../project/select-names.ts';

/** Segments for which a tick has come, of those that are selected, and the models that they are made from; undefined where there are none. */
export async function chooseDue(
  context: Context,
  project: Project,
  flags: Flags,
  engine: Engine,
): Promise<{ readonly models: readonly string[]; readonly segments: SegmentRequest } | undefined> {
  const { manifest } = project;
  const { segments: among } = await selectNames(manifest, flags);
  const due = await findDue({ manifest, engine, target: getTarget(project, flags).name, among, now: context.clock() });
  return due.segments.length === 0 ? undefined : { models: due.models, segments: { names: due.segments } };
}

export function tellNothingDue({ output, clock }: Context, flags: Flags): void {
  const message = 'no segment is due';
  if (flags.events) output.out(formatJsonLine({ event: 'nothing_due', at: clock(), message }));
  else if (flags.json)
    output.out(formatJson({ kind: 'run', status: 'done', message, steps: [], segments: [], tests: [] }));
  else output.out(`${message}\n`);
}
