import type { Engine } from '../engine/engine.ts';
import { busyError } from './describe-holders.ts';
import { type Claim, takeClaim } from './take-claim.ts';

/**
 * Takes the whole target, for what is not the work of a run on its models; from dead owners too.
 * @throws EngineError `busy` where others are at work there, with who, what and since when
 */
export async function claimTarget(engine: Engine, owner: string, command = 'clean'): Promise<Claim> {
  const begin = async () => undefined;
  const taken = await takeClaim(engine, { run: owner, command, want: () => 'everything' as const, begin });
  if (taken.kind === 'held') throw busyError(taken.others);
  return taken.claim;
}
