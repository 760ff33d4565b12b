import type { RunPlan } from './run-plan.ts';

const verbs = { fresh: 'fresh', load: 'remember', build: 'build', test: 'test', blocked: 'blocked' } as const;

/** A line per model and per test that spans models, in the order of the run. */
export function describeRunPlan(plan: RunPlan): readonly string[] {
  const width = Math.max(0, ...plan.steps.map((step) => step.model.length));
  return [
    ...plan.steps.map((step) => `${verbs[step.action].padEnd(8)} ${step.model.padEnd(width)}  ${step.reason}`),
    ...plan.lateTests.map(({ test }) => `${'test'.padEnd(8)} ${test.name.padEnd(width)}  after all that it reads`),
  ];
}

/** Nothing to do: such a run writes nothing. */
export function isIdle(plan: RunPlan): boolean {
  return plan.lateTests.length === 0 && plan.steps.every((step) => step.action === 'fresh');
}
