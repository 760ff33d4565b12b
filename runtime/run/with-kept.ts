import { EngineError, type EngineErrorKind } from '../engine/engine.ts';
import type { StepResult } from './run-types.ts';

/** The target gave way: nobody was in the way, and nothing is wrong with the project. */
const collapses: ReadonlySet<EngineErrorKind> = new Set(['unreachable', 'resources', 'read_only', 'transient']);

/** What ended a run, and what of the run stands all the same. */
export function withKept(error: unknown, settled: ReadonlyMap<string, StepResult>): unknown {
  if (!(error instanceof EngineError) || !collapses.has(error.kind) || error.kept !== undefined) return error;
  const own = [...settled.values()].filter(({ generated, status }) => generated === undefined && status === 'built');
  const published =
    own.length === 0
      ? 'nothing was published by this run'
      : `${own.length === 1 ? '1 model was' : `${own.length} models were`} published by this run and stay${own.length === 1 ? 's' : ''} so`;
  return error.keeping(`${published}; what was published before it stays, and the next run does the rest`);
}
