import type { ManifestModel, QualifiedName } from '../../compiler/index.ts';
import { inputsOf } from '../schedule/inputs-of.ts';
import type { PlannedStep } from '../schedule/run-plan.ts';
import type { VersionRecord } from '../state/records.ts';
import { earlierInstant } from './instants.ts';
import type { Naming, RunContext } from './run-context.ts';
import type { ScanResult } from './test-relation.ts';

/** What was built, once its tests have let it pass. */
export interface Built {
  readonly relation: QualifiedName;
  readonly kind: VersionRecord['relationKind'];
  readonly scan: ScanResult;
  readonly completeThrough: string | undefined;
  readonly rejected?: number;
}

/** The mark of a version that is to be published now. */
export function versionOf(context: RunContext, model: ManifestModel, step: PlannedStep, built: Built): VersionRecord {
  const { relation, kind, scan, completeThrough, rejected } = built;
  return {
    model: model.name,
    build: step.build,
    fingerprint: model.fingerprint,
    relation: relation.table,
    relationKind: kind,
    inputs: Object.fromEntries(inputsOf(model).map((name) => [name, context.published.get(name)!.build])),
    rows: scan.rows,
    ...(rejected === undefined ? {} : { rejected }),
    ...(scan.freshThrough === undefined ? {} : { freshThrough: scan.freshThrough }),
    ...(completeThrough === undefined ? {} : { completeThrough }),
    validFrom: context.effects.clock(),
    run: context.run.id,
  };
}

/** A model is complete as far as all its inputs are; unknown where one of theirs is. */
export function completeThroughOf(
  context: Pick<Naming, 'published'>,
  { reads }: Pick<ManifestModel, 'reads'>,
): string | undefined {
  const instants = reads.map((name) => context.published.get(name)?.completeThrough);
  if (instants.length === 0 || instants.includes(undefined)) return undefined;
  return (instants as readonly string[]).reduce(earlierInstant);
}
