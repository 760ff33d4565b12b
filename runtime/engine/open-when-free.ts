import { type Engine, EngineError } from './engine.ts';
import { type OpenTarget, openEngine } from './open-engine.ts';
import { pauseFor } from './pause-for.ts';

export interface Patience {
  /** How long to wait; 0: not at all. */
  readonly seconds: number;
  readonly signal?: AbortSignal;
  /** Told who holds the target, before the first pause and whenever that is somebody else. */
  readonly onWait: (held: EngineError) => void;
  readonly open?: (target: OpenTarget) => Promise<Engine>;
}

const firstPause = 50;
const longestPause = 1_000;

/**
 * Opens a target as soon as no other process has it open: of an engine that lets one process in at a time.
 * @throws EngineError `busy` where it is still held when patience ends, `cancelled` where the signal comes first
 */
export async function openWhenFree(target: OpenTarget, patience: Patience): Promise<Engine> {
  const { open = openEngine, seconds, signal } = patience;
  const end = performance.now() + seconds * 1000;
  let told = '';
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 1.5)) {
    try {
      return await open(target);
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind !== 'busy') throw error;
      if (performance.now() >= end) throw error;
      if (error.message !== told) patience.onWait(error);
      told = error.message;
    }
    await pauseFor(Math.min(pause, Math.max(1, end - performance.now())), signal);
  }
}
