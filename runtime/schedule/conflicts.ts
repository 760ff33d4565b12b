import type { Needs } from './needs.ts';

/** What another run has claimed. */
export interface OthersClaim {
  readonly run: string;
  readonly model: string;
  /** `all`: the whole target. */
  readonly mode: 'read' | 'write' | 'all';
}

/** Claims that stand in the way: what both write, what one writes and the other reads. Readers do not disturb each other. */
export function findConflicts(needs: Needs, others: readonly OthersClaim[]): readonly OthersClaim[] {
  return others.filter(({ model, mode }) => {
    if (mode === 'all') return true;
    return needs.writes.has(model) || (mode === 'write' && needs.reads.has(model));
  });
}
