import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Catalog } from '../catalog.ts';
import type { CatalogSegment } from './rule.ts';

/** One segment at one cut, while its SELECT is put together. */
export interface SegmentSetting {
  readonly catalog: Catalog;
  readonly segment: CatalogSegment;
  /** The instant as SQL. */
  readonly asOf: string;
  /** A SELECT of the entities that are looked at; absent: everyone. */
  readonly among?: string;
  /** The calendar's zone as SQL. */
  readonly zone: string;
  readonly tables: Tables;
  readonly reads: Set<string>;
  /** Models that rows of another one look into: along relations, by exclusions of a metric. */
  readonly joined: Set<string>;
  readonly diagnostics: Diagnostic[];
  /** Values that conditions look at are shown, and not only whether they hold. */
  readonly explains: boolean;
}

/** The common table expressions of a SELECT, in order; equal ones stand once. */
export interface Tables {
  readonly all: readonly (readonly [name: string, sql: string])[];
  /** The name by which `sql` can be read: `did_1`. */
  add(kind: string, sql: string): string;
}

export function createTables(): Tables {
  const all: [string, string][] = [];
  const counts = new Map<string, number>();
  return {
    all,
    add(kind, sql) {
      const known = all.find(([, other]) => other === sql);
      if (known) return known[0];
      const n = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, n);
      const name = kind === population ? kind : `${kind}_${n}`;
      all.push([name, sql]);
      return name;
    },
  };
}

/** A condition that a key is of those who are looked at; where everyone is, none. */
export function amongSql({ among }: Pick<SegmentSetting, 'among'>, key: string): string[] {
  return among === undefined ? [] : [`${key} in (${among})`];
}

/** Writes down what rows of the first model are made from: itself, and what they look into. */
export function noteReads({ reads, joined }: SegmentSetting, [model, ...others]: readonly string[]): void {
  for (const name of [model!, ...others]) reads.add(name);
  for (const name of others) joined.add(name);
}

/** The table with everyone: `entity`, and a column for each condition on properties. */
export const population = 'population';
