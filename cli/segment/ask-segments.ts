import { suggestNames } from '../../compiler/diagnostic/nearest-name.ts';
import {
  type Manifest,
  type ManifestSegment,
  planSegment,
  type SegmentPlan,
  type SegmentQuestion,
  type Value,
} from '../../compiler/index.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import { withFrozenRulers } from '../../runtime/segments/with-frozen-rulers.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import type { Project } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { readAsOf, requireInstant } from '../project/read-as-of.ts';
import { targetExists } from '../project/read-target-history.ts';

/** A segment that is there and computed. */
export function requireSegment(manifest: Manifest, name: string): ManifestSegment {
  const found = manifest.segments.find((segment) => segment.name === name);
  if (!found) {
    const names = manifest.segments.map((segment) => segment.name);
    const hints =
      names.length > 0 ? suggestNames(name, names) : ['no segment is declared: add it to a file in segments/'];
    throw new CommandFailure(exitCode.usage, `no segment is named \`${name}\``, hints);
  }
  if (!found.computed)
    throw new CommandFailure(
      exitCode.usage,
      `segment \`${name}\` is not computed by this version of Etalon: ${found.notComputed}`,
    );
  return found;
}

export interface SegmentAnswer {
  readonly plan: SegmentPlan;
  readonly rows: readonly (readonly Value[])[];
}

export interface Asking {
  /** The cut that the answers are of. */
  readonly asOf: string;
  ask(question: SegmentQuestion): Promise<SegmentAnswer>;
}

/** Opens the target to read, and asks at `--as-of` or at the instant up to which all that the segments read is complete. */
export async function askSegments<T>(
  context: Context,
  project: Project,
  flags: Flags,
  segments: readonly ManifestSegment[],
  work: (asking: Asking) => Promise<T>,
): Promise<T> {
  const target = getTarget(project, flags);
  const asked = flags.asOf === undefined ? undefined : requireInstant(project, flags.asOf as string);
  if (!targetExists(project, target)) failUnbuilt(target);
  return withTarget(
    context,
    project,
    flags,
    async (engine) => {
      const reads = segments.flatMap((segment) => segment.reads);
      const asOf = asked ?? (await readAsOf(project, target, engine, reads));
      const manifest = await withFrozenRulers({ manifest: project.manifest, engine, target: target.name });
      const ask = async (question: SegmentQuestion) => {
        const plan = planOrFail(manifest, question, asOf);
        const { rows } = await queryTarget({ manifest, engine, plan, target: target.name });
        return { plan, rows };
      };
      return work({ asOf, ask });
    },
    { readOnly: true },
  );
}

export function planOrFail(manifest: Manifest, question: SegmentQuestion, asOf: string): SegmentPlan {
  const { plan, diagnostics } = planSegment(manifest, question, asOf);
  const wrong = diagnostics.find((found) => found.severity === 'error');
  if (plan && !wrong) return plan;
  throw new CommandFailure(exitCode.usage, wrong?.message ?? 'the question has no plan', wrong?.hints);
}
