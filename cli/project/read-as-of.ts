import type { ManifestTarget } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCode } from '../exit-code.ts';
import { failUnbuilt } from './fail-unbuilt.ts';
import type { Project } from './load-project.ts';
import { findAsOf, readTargetHistory } from './read-target-history.ts';
import { startOfDay } from './start-of-day.ts';

/** `2025-03-01` is the first instant of that day by the project's calendar; anything finer says its zone. */
export function requireInstant({ manifest }: Pick<Project, 'manifest'>, text: string, flag = '--as-of'): string {
  const shape = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$/;
  if (shape.test(text) && !Number.isNaN(Date.parse(text)))
    return text.includes('T') ? text : startOfDay(text, manifest.project.calendar.timezone);
  throw new CommandFailure(exitCode.usage, `\`${flag} ${text}\`: not an instant`, [
    'for example 2025-03-01 or 2025-03-01T12:00:00Z',
  ]);
}

/** The instant up to which all that is read is complete, by the watermarks of its sources. */
export async function readAsOf(
  project: Project,
  target: ManifestTarget,
  engine: Engine,
  reads: readonly string[],
): Promise<string> {
  const history = await readTargetHistory(project, target, engine);
  return findAsOf(history, [...new Set(reads)]) ?? failUnbuilt(target);
}
