/** What the command line calls. Engines are opened by `engine/open-engine.ts`, which loads only the driver that is wanted. */
export type { Capabilities, Engine, EngineErrorKind, QueryResult, Session } from './engine/engine.ts';
export { EngineError } from './engine/engine.ts';
export type { HistoryRequest } from './run/read-history.ts';
export { readHistory } from './run/read-history.ts';
export type { Prepared, RunOptions } from './run/run.ts';
export { prepareRun, run } from './run/run.ts';
export type { Effects, RunEvent, RunResult, StepResult } from './run/run-types.ts';
export { publishedName } from './run/target-names.ts';
export { describeRunPlan, isIdle } from './schedule/describe-run-plan.ts';
export { planRun } from './schedule/plan-run.ts';
export type { PlannedStep, PlannedTest, RunPlan } from './schedule/run-plan.ts';
export type { History, ModelStatus, RunRecord, TestResult } from './state/history-types.ts';
export { StateError } from './state/state-error.ts';
