import type { ManifestModel, NameResolver, QualifiedName } from '../../compiler/index.ts';
import type { VersionRecord } from '../state/records.ts';
import { changesName } from './target-names.ts';

/** A table whose rows were changed in place, by one build. */
export interface InPlaceTable {
  readonly relation: QualifiedName;
  /** The version that the rows were changed from. */
  readonly current: VersionRecord;
  readonly completeThrough: string | undefined;
  /** A source of files: the rows that came are in the table itself, by their batch. */
  readonly isRaw?: boolean;
  /** What was computed; absent: not known apart from the table. */
  readonly computed?: ComputedUnits;
}

/** Units that were computed: the table has exactly these rows of them, and no row of any other unit has changed. */
export interface ComputedUnits {
  /** How many; of none there is no table of rows. */
  readonly units: number;
  readonly rows: QualifiedName;
  /** The columns of the model that units go by. */
  readonly by: readonly string[];
}

/** Names of a table that was changed in place, and of what lies beside it. */
export function namesBeside(model: ManifestModel, relation: QualifiedName, names: NameResolver): NameResolver {
  const own: Readonly<Record<string, QualifiedName>> = {
    [model.name]: relation,
    [plainName(model, 'rows')]: relation,
    [plainName(model, 'changes')]: changesName(relation),
  };
  return (name) => own[name] ?? names(name);
}

/** As a resolver is asked for it: without quotes. */
function plainName(model: ManifestModel, what: 'changes' | 'rows'): string {
  return model.name.replace('.', `__${what}.`);
}
