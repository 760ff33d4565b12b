import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ManifestTarget } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { readHistory } from '../../runtime/run/read-history.ts';
import type { History } from '../../runtime/state/history-types.ts';
import type { Project } from './load-project.ts';

/** False where a look inside would fail only because nothing has been built yet. */
export function targetExists(project: Project, target: ManifestTarget): boolean {
  if (target.engine !== 'duckdb') return true;
  return target.path !== ':memory:' && existsSync(resolve(project.folder, target.path));
}

export async function readTargetHistory(project: Project, target: ManifestTarget, engine: Engine): Promise<History> {
  return readHistory({ engine, manifest: project.manifest, target: target.name });
}

/** The instant before which all of `models` are complete, by the watermarks of their sources; undefined where one is not built. */
export function findAsOf(history: History, models: readonly string[]): string | undefined {
  const marks = models.map((model) => history.models[model]?.completeThrough);
  if (marks.length === 0 || marks.some((mark) => mark === undefined)) return undefined;
  // ISO instants in UTC sort as text once their fractions have one length.
  return (marks as string[]).reduce((a, b) => (sortableInstant(a) <= sortableInstant(b) ? a : b));
}

function sortableInstant(instant: string): string {
  const [, seconds = instant, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(instant) ?? [];
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}
