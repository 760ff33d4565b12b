/** What the schedule must know of a target. `runtime/state` reads it; nothing here knows how. */
export interface TargetState {
  readonly versions: readonly PublishedVersion[];
  readonly files: readonly KnownFile[];
  readonly cursors: readonly KnownCursor[];
  readonly tests: readonly KnownTest[];
  /** Models whose last step failed, with its reason. */
  readonly failures: Readonly<Record<string, string>>;
  /** `schema.name` of every table and view that is there. */
  readonly relations: ReadonlySet<string>;
}

export interface PublishedVersion {
  readonly model: string;
  readonly build: number;
  /** Empty: what stands was given up, and is built anew. */
  readonly fingerprint: string;
  readonly relation: string;
  readonly inputs: Readonly<Record<string, number>>;
  /** The build that made the relation: every change of its rows since then is written down. */
  readonly since: number;
  readonly rows?: number;
}

export interface KnownFile {
  readonly model: string;
  readonly relation: string;
  readonly path: string;
  readonly size: number;
  readonly modified: string;
  readonly sha256: string;
  readonly rows?: number;
}

export interface KnownCursor {
  readonly model: string;
  readonly build: number;
  readonly rows: number;
  readonly watermark?: string;
  readonly counts?: SeenArrivals;
}

/** Rows of a source table by when they arrived, seen from a watermark. */
export interface SeenArrivals {
  readonly settled: number;
  readonly arrived: number;
  readonly absent: number;
}

export interface KnownTest {
  readonly test: string;
  readonly checkHash: string;
  readonly inputs: Readonly<Record<string, number>>;
  readonly status: 'passed' | 'warned' | 'failed' | 'error';
}

/** What the sources hold now. */
export interface Observed {
  /** By source model: the files that its pattern matches, sorted by name. */
  readonly files: Readonly<Record<string, readonly ObservedFile[]>>;
  /** By source model: what its table says, or why the source cannot be read. */
  readonly tables: Readonly<Record<string, ObservedTable>>;
}

export interface ObservedFile {
  readonly name: string;
  readonly size: number;
  readonly modified: string;
  readonly sha256: string;
}

export type ObservedTable =
  /** `counts`: what the rows are now that the last cursor counted; `moved`: how many rows came, or went, of those that the cursor remembers one by one. */
  | {
      readonly rows: number;
      readonly watermark?: string;
      readonly counts?: SeenArrivals;
      readonly moved?: number;
      readonly shape?: TableShape;
    }
  /** No arrival column: it may have changed at any time. */
  | { readonly unknown: true }
  | { readonly problem: string };

/** The columns of a source table, `name<tab>type` each, in no order; `known`: as they were when it was last read. */
export interface TableShape {
  readonly now: readonly string[];
  readonly known?: readonly string[];
}
