import { createHash } from 'node:crypto';
import type { ManifestTest } from '../../compiler/index.ts';
import type { PlannedTest } from './run-plan.ts';
import type { KnownTest } from './target-state.ts';

export type Builds = ReadonlyMap<string, number>;

export function planTest(test: ManifestTest): PlannedTest {
  const meaning = JSON.stringify([test.check, test.severity, test.max]);
  return { test, checkHash: createHash('sha256').update(meaning).digest('hex').slice(0, 16) };
}

/** The builds that a test reads, its own model among them; models never built are absent. */
export function testInputs(test: ManifestTest, builds: Builds): Readonly<Record<string, number>> {
  const names = new Set(test.model === undefined ? test.reads : [test.model, ...test.reads]);
  return Object.fromEntries([...names].sort().flatMap((name) => (builds.has(name) ? [[name, builds.get(name)!]] : [])));
}

/** A test is due unless the same check over the same builds has passed. */
export function isDue(planned: PlannedTest, last: KnownTest | undefined, builds: Builds): boolean {
  if (last === undefined || last.checkHash !== planned.checkHash) return true;
  if (last.status !== 'passed' && last.status !== 'warned') return true;
  return !sameBuilds(last.inputs, testInputs(planned.test, builds));
}

export function sameBuilds(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return changedBuilds(a, b).length === 0;
}

/** Names whose build differs, or that only one side has; sorted. */
export function changedBuilds(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): readonly string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => a[name] !== b[name]).sort();
}
