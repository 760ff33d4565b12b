import type { NameResolver } from '../../compiler/index.ts';
import type { PlannedTest } from '../schedule/run-plan.ts';
import type { TestResult } from '../state/history-types.ts';
import { recordOutcomes } from './publish-version.ts';
import { type RunContext, resolver, StepError, stepSession, writeState } from './run-context.ts';
import type { StepResult } from './run-types.ts';
import { findStoredCheck } from './stored-members.ts';
import { isOfTheTest, type TestOutcome, testByQuery, testRelation, verdict } from './test-relation.ts';
import { completeThroughOf } from './version-of.ts';

/** Tests on what is published: those that span models, after everything else, and all of them for `etalon test`. One scan per model for its row tests. */
export async function runTests(
  context: RunContext,
  tests: readonly PlannedTest[],
  settled: ReadonlyMap<string, StepResult>,
): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const group of groupTests(tests.filter((planned) => !readsBroken(planned, settled)))) {
    if (context.effects.signal?.aborted) break;
    const outcomes = await runGroup(context, group);
    await writeState(context, (session) => recordOutcomes(context, session, outcomes));
    for (const { result } of outcomes) {
      context.effects.emit({ event: 'test_ended', run: context.run.id, at: context.effects.clock(), result });
      results.push(result);
    }
  }
  return results;
}

/** What failed above is told once, at its own step. */
function readsBroken({ test }: PlannedTest, settled: ReadonlyMap<string, StepResult>): boolean {
  const names = test.model === undefined ? test.reads : [test.model, ...test.reads];
  return names.some((name) => ['failed', 'skipped'].includes(settled.get(name)?.status ?? ''));
}

interface TestGroup {
  readonly model?: string;
  readonly tests: readonly PlannedTest[];
}

function groupTests(tests: readonly PlannedTest[]): readonly TestGroup[] {
  const byModel = new Map<string, PlannedTest[]>();
  const single: TestGroup[] = [];
  for (const planned of tests) {
    const { model } = planned.test;
    if (model === undefined) single.push({ tests: [planned] });
    else byModel.set(model, [...(byModel.get(model) ?? []), planned]);
  }
  return [...[...byModel].map(([model, group]) => ({ model, tests: group })), ...single];
}

async function runGroup(context: RunContext, group: TestGroup): Promise<readonly TestOutcome[]> {
  const session = stepSession(context);
  const model = group.model === undefined ? undefined : context.models.get(group.model);
  if (model === undefined) {
    const [planned] = group.tests;
    const completeThrough = cutOf(context, planned!);
    const check = await findStoredCheck(context, planned!.test, completeThrough);
    const stored = check === undefined ? {} : { check };
    const scope = { names: withState(resolver(context)), completeThrough, ...stored };
    return [await testByQuery(context, session, planned!, scope)];
  }
  try {
    const complete = context.published.get(model.name)?.completeThrough;
    return (await testRelation(context, session, model, group.tests, resolver(context), complete)).outcomes;
  } catch (error) {
    if (!isOfTheTest(error)) throw error;
    return group.tests.map((planned) => ({ planned, kept: [], result: couldNotRun(planned, error) }));
  }
}

/** A segment is asked as far as all that it reads is complete; any other test that spans models is of no instant. */
function cutOf(context: RunContext, { test }: PlannedTest): string | undefined {
  return test.segment === undefined ? undefined : completeThroughOf(context, test);
}

/** Models by their versions, and our own tables. */
function withState(names: NameResolver): NameResolver {
  const state = 'etalon_state.';
  return (name) => (name.startsWith(state) ? { schema: 'etalon_state', table: name.slice(state.length) } : names(name));
}

function couldNotRun({ test }: PlannedTest, error: Error): TestResult {
  const message = error instanceof StepError ? error.message : `${test.words.en}: ${error.message}`;
  return verdict(test, 'error', { tested: 0, failing: 0, seconds: 0 }, message);
}
