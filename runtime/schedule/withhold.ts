import { findConflicts, type OthersClaim } from './conflicts.ts';
import { type Ground, needsOf, readsOfTest } from './needs.ts';
import type { PlannedStep, PlannedTest } from './run-plan.ts';

/** What a run leaves alone since others are at it, by name, with the reason in words. */
export interface Withheld {
  readonly steps: ReadonlyMap<string, string>;
  readonly tests: ReadonlyMap<string, string>;
}

export const nothingWithheld: Withheld = { steps: new Map(), tests: new Map() };

/**
 * What cannot be done while others hold what they claimed: their models, what reads what they write, and all that stands below in this plan. `describe` says who a run is.
 */
export function withhold(
  ground: Ground,
  plan: { readonly steps: readonly PlannedStep[]; readonly tests: readonly PlannedTest[] },
  others: readonly OthersClaim[],
  describe: (run: string) => string,
): Withheld {
  const steps = new Map<string, string>();
  for (const step of plan.steps) {
    const above = ground.models.get(step.model)?.reads.find((name) => steps.has(name));
    const isFresh = step.action === 'fresh';
    const held = above === undefined && !isFresh ? whyHeld(ground, [step], [], others, describe) : undefined;
    const reason = above === undefined ? held : `\`${above}\` was skipped`;
    if (reason !== undefined) steps.set(step.model, reason);
  }
  const tests = new Map<string, string>();
  for (const planned of plan.tests) {
    const above = [...readsOfTest(ground, planned)].find((name) => steps.has(name));
    const reason = above === undefined ? whyHeld(ground, [], [planned], others, describe) : `\`${above}\` was skipped`;
    if (reason !== undefined) tests.set(planned.test.name, reason);
  }
  return { steps, tests };
}

function whyHeld(
  ground: Ground,
  steps: readonly PlannedStep[],
  tests: readonly PlannedTest[],
  others: readonly OthersClaim[],
  describe: (run: string) => string,
): string | undefined {
  const conflict = findConflicts(needsOf(ground, steps, tests), others)[0];
  if (conflict === undefined) return undefined;
  const { model, mode, run } = conflict;
  const what = mode === 'all' ? 'the whole target' : `\`${model}\``;
  return `${what} is being ${mode === 'read' ? 'read' : 'written'} by ${describe(run)}`;
}
