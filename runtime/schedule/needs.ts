import type { ManifestModel, ManifestSegment } from '../../compiler/index.ts';
import { inputsOf } from './inputs-of.ts';
import type { PlannedStep, PlannedTest } from './run-plan.ts';

/** What a run must have to itself: the models that it writes, and those that nobody may write while it reads them. */
export interface Needs {
  readonly writes: ReadonlySet<string>;
  /** None of `writes` among them. */
  readonly reads: ReadonlySet<string>;
}

/** What is known of the models, to see what a read of one of them really reads. */
export interface Ground {
  readonly models: ReadonlyMap<string, ManifestModel>;
  readonly versions: ReadonlyMap<string, PublishedRelation>;
}

interface PublishedRelation {
  readonly relationKind: 'table' | 'view';
  readonly inputs: Readonly<Record<string, number>>;
}

/** So that the result of two runs is that of one after the other: what is fresh is only read, everything else is written. */
export function needsOf(
  ground: Ground,
  steps: readonly PlannedStep[],
  tests: readonly PlannedTest[],
  segments: readonly ManifestSegment[] = [],
): Needs {
  const due = steps.filter(({ action }) => action !== 'fresh');
  const writes = new Set(due.map(({ model }) => model));
  const reads = new Set(due.flatMap((step) => [...readsOfStep(ground, step)]));
  for (const planned of tests) for (const name of readsOfTest(ground, planned)) reads.add(name);
  for (const segment of segments) {
    writes.add(claimOfSegment(segment.name));
    for (const name of readsOfSegment(ground, segment)) reads.add(name);
  }
  for (const name of writes) reads.delete(name);
  return { writes, reads };
}

export function readsOfStep(ground: Ground, step: PlannedStep): ReadonlySet<string> {
  const model = ground.models.get(step.model);
  const names = new Set(model === undefined ? [] : inputsOf(model));
  for (const { test } of step.tests) for (const name of test.reads) names.add(name);
  names.delete(step.model);
  return behindViews(ground, names);
}

export function readsOfTest(ground: Ground, { test }: PlannedTest): ReadonlySet<string> {
  return behindViews(ground, new Set(test.model === undefined ? test.reads : [test.model, ...test.reads]));
}

/** The name under which a segment's memory is claimed. */
export function claimOfSegment(name: string): string {
  return `segment:${name}`;
}

export function readsOfSegment(ground: Ground, { reads }: Pick<ManifestSegment, 'reads'>): ReadonlySet<string> {
  return behindViews(ground, new Set(reads));
}

/** Whoever reads a view reads the tables that it was made over, and those that it will be made over. */
function behindViews({ models, versions }: Ground, names: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const version = versions.get(name);
    if (version?.relationKind === 'view') Object.keys(version.inputs).forEach(visit);
    const model = models.get(name);
    if (model?.materialized === 'view') inputsOf(model).forEach(visit);
  };
  names.forEach(visit);
  return found;
}
