import type { Engine } from '../engine/engine.ts';
import { type HeldClaim, recordHeartbeat } from '../state/claim.ts';

/** How often the owner of a claim says that it lives. */
const heartbeatSeconds = 15;

/** Says from time to time that the run lives; returns what ends it. Where a process that ended is known to hold nothing, nobody listens. */
export function startHeartbeat(engine: Engine, claim: HeldClaim, seconds: number = heartbeatSeconds): () => void {
  if (!engine.capabilities.concurrentProcesses) return () => undefined;
  let beating = false;
  const beat = async (): Promise<void> => {
    if (beating) return;
    beating = true;
    try {
      await recordHeartbeat(engine, claim);
    } catch {
      // A beat that fails is told by the next write, which is fenced.
    } finally {
      beating = false;
    }
  };
  const timer = setInterval(() => void beat(), seconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}
