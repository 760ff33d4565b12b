/** What the command line calls. Engines are opened by `engine/open-engine.ts`, which loads only the driver that is wanted. */
export type { Capabilities, Engine, EngineErrorKind, QueryResult, Session } from './engine/engine.ts';
export { EngineError } from './engine/engine.ts';
export type { Prepared } from './run/prepare-run.ts';
export { prepareRun } from './run/prepare-run.ts';
export { queryTarget, renderQuery } from './run/query-target.ts';
export type { HistoryRequest } from './run/read-history.ts';
export { readHistory } from './run/read-history.ts';
export { run } from './run/run.ts';
export type { ExampleResult, ExamplesRun } from './run/run-examples.ts';
export { runExamples } from './run/run-examples.ts';
export type { RunOptions } from './run/run-options.ts';
export type { Effects, RunEvent, RunResult, StepResult } from './run/run-types.ts';
export { publishedName } from './run/target-names.ts';
export { describeRunPlan, isIdle } from './schedule/describe-run-plan.ts';
export { planRun } from './schedule/plan-run.ts';
export type { PlannedStep, PlannedTest, RunPlan } from './schedule/run-plan.ts';
export type { History, ModelStatus, RunRecord, TestResult } from './state/history-types.ts';
export { StateError } from './state/state-error.ts';
