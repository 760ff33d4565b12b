import { hasPeriods, type ManifestModel, type QualifiedName } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { PlannedStep } from '../schedule/run-plan.ts';
import { testInputs } from '../schedule/test-marks.ts';
import { recordStep, recordVersion } from '../state/record.ts';
import { recordTests } from '../state/record-tests.ts';
import type { StepRecord, VersionRecord } from '../state/records.ts';
import { describeContract } from './describe-contract.ts';
import { type Told, tellDrift } from './keep-drift.ts';
import { recordAllPeriods } from './record-ledger.ts';
import { type RunContext, writeState } from './run-context.ts';
import { takeAccount } from './take-account.ts';
import { publishedName } from './target-names.ts';
import type { TestOutcome } from './test-relation.ts';

/** A version that is built and tested, and not yet seen by readers. */
export interface Staged {
  readonly version: VersionRecord;
  readonly relation: QualifiedName;
  readonly tests: readonly TestOutcome[];
  readonly sqlHash: string;
}

/** Points the published name at the new version and marks it, in one transaction. */
export async function publishVersion(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  staged: Staged,
  seconds: number,
): Promise<void> {
  const { version } = staged;
  const contract = await readContractChange(context, model);
  await writeState(context, async (session) => {
    await context.engine.publish(session, [
      {
        view: publishedName(context.manifest, context.target, model.name),
        over: staged.relation,
        columns: model.columns.map((column) => column.name),
        ...(model.description === undefined ? {} : { comment: model.description }),
      },
    ]);
    if (hasPeriods(model)) await recordAllPeriods(context, session, model, version, () => staged.relation);
    const rowsIn = countRead(context, model);
    const more = { seconds, sqlHash: staged.sqlHash, ...(rowsIn === undefined ? {} : { rowsIn }) };
    await recordPublished(context, session, step, version, staged.tests, more);
  });
  context.published.set(model.name, version);
  tellDrift(context, model, contract);
}

/** What a new definition changes for readers of the published name; tables that come with a model have no readers of their own. */
async function readContractChange(context: RunContext, model: ManifestModel): Promise<readonly Told[]> {
  const before = context.published.get(model.name);
  if (before === undefined || before.fingerprint === model.fingerprint || model.generated) return [];
  const view = await context.engine.findRelation(publishedName(context.manifest, context.target, model.name));
  const told = view && describeContract(model, view.columns);
  return told ? [told] : [];
}

/** The rows of all that a model reads when it is built whole; undefined where one is not counted. */
function countRead(context: RunContext, model: ManifestModel): number | undefined {
  const counts = model.reads.map((name) => context.published.get(name)?.rows);
  return counts.reduce((sum, rows) => (sum === undefined || rows === undefined ? undefined : sum + rows), 0);
}

/** The marks that go with a published version: they commit with it. */
export async function recordPublished(
  context: RunContext,
  session: Session,
  step: PlannedStep,
  version: VersionRecord,
  tests: readonly TestOutcome[],
  more: Pick<StepRecord, 'seconds' | 'filesLoaded' | 'sqlHash' | 'rowsIn' | 'late' | 'future' | 'rejected'>,
): Promise<void> {
  await recordVersion(session, version);
  await takeAccount(context, session, context.models.get(version.model)!, version);
  const { model, build, rows, rejected } = version;
  const counts = { ...(rows === undefined ? {} : { rows }), ...(rejected === undefined ? {} : { rejected }) };
  const record: StepRecord = { model, status: 'built', reason: step.reason, build, ...counts, ...more };
  await recordStep(session, context.run, record, version.validFrom);
  await recordOutcomes(context, session, tests, new Map([[version.model, version.build]]));
}

/** Writes verdicts with the builds they hold for; `own` are builds that are not published yet. */
export async function recordOutcomes(
  context: RunContext,
  session: Session,
  outcomes: readonly TestOutcome[],
  own: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  const builds = new Map([...context.published].map(([name, version]) => [name, version.build]));
  for (const [name, build] of own) builds.set(name, build);
  const records = outcomes.map(({ planned, result, kept }) => ({
    result,
    kept: result.status === 'passed' ? [] : kept,
    checkHash: planned.checkHash,
    inputs: testInputs(planned.test, builds),
    reason: planned.test.words.en,
  }));
  await recordTests(session, context.run, records, context.effects.clock());
}
