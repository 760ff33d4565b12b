import type { Calendar } from '../cohort/clock.ts';

/** True, false, or not known. */
export type Verdict = boolean | null;

export interface SegmentEvent {
  readonly entity: string;
  readonly at: bigint;
  /** Its place among events of its model at the same instant. */
  readonly key: string | number;
  readonly model: string;
  readonly value?: number | null;
  readonly row?: Readonly<Record<string, unknown>>;
}

export type Properties = Readonly<Record<string, unknown>>;

/** A condition as an author writes it, read from YAML. */
export type Written = Readonly<Record<string, unknown>>;

/** All that a segment is reckoned over. SQL of authors is given as functions, by its text: the oracle reads none. */
export interface SegmentWorld {
  readonly calendar: Calendar;
  readonly asOf: bigint;
  /** Who there is, with what is known of each. */
  readonly population: ReadonlyMap<string, Properties>;
  /** The events of an activity, of all that it is made of. */
  readonly events: (activity: string) => readonly SegmentEvent[];
  readonly segments: Readonly<Record<string, WrittenSegment>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Exclusion → who is left out. */
  readonly exclusions: Readonly<Record<string, ReadonlySet<string>>>;
  readonly sql: Readonly<Record<string, (row: Readonly<Record<string, unknown>>) => Verdict>>;
  /** A plain metric over the rows of an entity from `since` on; null: it has none. */
  readonly metric?: (name: string, entity: string, since: bigint | undefined) => number | null;
}

export interface WrittenSegment {
  readonly where?: Written;
  readonly split?: { readonly rfm: Written; readonly parts: Readonly<Record<string, string>> };
  readonly exclude?: readonly string[];
}
