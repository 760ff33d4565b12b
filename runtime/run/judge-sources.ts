import type { Manifest } from '../../compiler/index.ts';
import { judgeFreshness } from '../schedule/judge-freshness.ts';
import type { VersionRecord } from '../state/records.ts';
import type { RunOptions } from './run-options.ts';
import type { SourceAge, StepResult } from './run-types.ts';

/**
 * How old the sources of a run are that say how old they may be, by the clock of the run and the last arrival in what is published. Where a source could not be read that is what is wrong with
 * it, and not its age.
 */
export function judgeSources(
  manifest: Manifest,
  published: ReadonlyMap<string, VersionRecord>,
  steps: readonly StepResult[],
  startedAt: string,
): readonly SourceAge[] {
  const settled = new Map(steps.map(({ model, status }) => [model, status]));
  return manifest.models.flatMap(({ name, source }): SourceAge[] => {
    const version = published.get(name);
    const status = settled.get(name);
    if (!source?.freshness || !version || (status !== 'built' && status !== 'fresh')) return [];
    const lastArrival = version.rows === 0 ? undefined : version.completeThrough;
    const judged = judgeFreshness(source.freshness, lastArrival, startedAt);
    return [{ model: name, state: judged.state, ...('words' in judged ? { words: judged.words } : {}) }];
  });
}

export function warnOfAges({ effects }: RunOptions, run: string, ages: readonly SourceAge[]): void {
  for (const { model, words } of ages)
    if (words !== undefined) effects.emit({ event: 'warning', run, at: effects.clock(), model, message: words });
}
