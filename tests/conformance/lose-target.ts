import { type Engine, EngineError } from '../../runtime/engine/engine.ts';
import { watchEngine } from './watch-engine.ts';

/** How a target goes away: a statement is not carried out, or it is and its answer is lost. */
export type Loss = 'statement' | 'answer';

/** When: at the n-th statement, or at the n-th of the commits. */
export interface Moment {
  readonly at: number;
  readonly of: 'statements' | 'commits';
  readonly loss: Loss;
}

/** An engine whose target goes away and stays away: no later statement succeeds. A COMMIT of which the answer is lost leaves what it committed. */
export function loseTarget(
  engine: Engine,
  { at, of, loss }: Moment,
): { readonly engine: Engine; readonly isLost: () => boolean } {
  let asked = 0;
  let lost = false;
  const isDue = (sql: string) => (of === 'statements' || sql === 'commit') && asked >= at;
  const lose = (): never => {
    lost = true;
    throw new EngineError('unreachable', `the connection was lost at ${of} ${at}`);
  };
  const before = (sql: string) => {
    if (of === 'statements' || sql === 'commit') asked += 1;
    if (lost || (loss === 'statement' && isDue(sql))) lose();
  };
  const after = (sql: string) => {
    if (loss === 'answer' && isDue(sql)) lose();
  };
  return { engine: watchEngine(engine, { before, after }), isLost: () => lost };
}
