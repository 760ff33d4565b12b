import type { Change, ManifestModel } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { isLogged } from '../schedule/plan-in-place.ts';
import type { PlannedStep, PlannedTest } from '../schedule/run-plan.ts';
import { testInputs } from '../schedule/test-marks.ts';
import { readTestCounts, type TestCounts } from '../state/read-test-counts.ts';
import type { VersionRecord } from '../state/records.ts';
import type { RunContext } from './run-context.ts';

/** What a test counted last, and what of the other models that it reads has changed since, row by row. */
export interface KnownCounts extends Pick<TestCounts, 'tested' | 'failing'> {
  readonly changes: readonly Change[];
}

/** The tests of a step whose last counts still tell something: of the same rule, over the version before and over others of which it is known what came and went since. */
export async function findKnownCounts(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: PlannedStep,
  current: VersionRecord,
): Promise<ReadonlyMap<PlannedTest, KnownCounts>> {
  const marks = await readTestCounts(session, model.name);
  const known = new Map<PlannedTest, KnownCounts>();
  for (const planned of step.tests) {
    const mark = marks.get(planned.test.name);
    if (mark === undefined || mark.checkHash !== planned.checkHash || mark.status === 'error') continue;
    const changes = changesSince(context, planned, mark, current);
    if (changes !== undefined) known.set(planned, { tested: mark.tested, failing: mark.failing, changes });
  }
  return known;
}

/** Undefined where what changed in another model is not written down. */
function changesSince(
  context: RunContext,
  { test }: PlannedTest,
  mark: TestCounts,
  current: VersionRecord,
): readonly Change[] | undefined {
  const builds = new Map([...context.published].map(([name, version]) => [name, version.build]));
  builds.set(current.model, current.build);
  const now = testInputs(test, builds);
  if (Object.keys(mark.inputs).some((name) => now[name] === undefined)) return undefined;
  const changes: Change[] = [];
  for (const [name, build] of Object.entries(now)) {
    const seen = mark.inputs[name];
    if (seen === build) continue;
    if (seen === undefined || name === current.model || !isKnownSince(context, name, seen)) return undefined;
    changes.push({ model: name, seen, raw: context.models.get(name)?.source?.from === 'files' });
  }
  return changes;
}

/** The log of a table is kept to the end of a run: what this run changed in the version that stood at its beginning is all there. */
function isKnownSince(context: RunContext, name: string, seen: number): boolean {
  const [before, now] = [context.before.get(name), context.published.get(name)];
  if (before === undefined || now === undefined || before.build !== seen) return false;
  const isForeign = context.models.get(name)?.source?.from === 'table';
  return (
    before.relation === now.relation && now.relationKind === 'table' && !isForeign && isLogged(context.manifest, name)
  );
}
