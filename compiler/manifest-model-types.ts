import type { CsvDelimiter, FileFormat, Layer, TrackingPlan } from './definition/model.ts';
import type { Increment, NoIncrement } from './plan/increment/plan-increment.ts';

export interface ManifestColumn {
  readonly name: string;
  /** As `formatType` writes it; absent where it is declared nowhere and cannot be inferred. */
  readonly type?: string;
  readonly description?: string;
  /** The tag as declared. */
  readonly pii?: string;
  /** What it tells of people, by declaration or by what it is computed from; absent where it never had to do with any. */
  readonly personal?: ManifestPersonal;
  readonly required: boolean;
  readonly zone?: string;
  /** Of a source: what it calls the column, where that is another name. */
  readonly from?: string;
  /** The canonical expression, for declarative models. */
  readonly expression?: string;
  /** Column lineage: what it is computed from. */
  readonly sources: readonly {
    readonly model: string;
    readonly column: string;
    readonly how: 'same' | 'changed' | 'aggregated' | 'filtered';
    /** Of an aggregate that hands on values of single rows: `max`, `array_agg`. */
    readonly keepsValues?: true;
  }[];
  /** Names of the tests on this column. */
  readonly tests: readonly string[];
  /** Where the file of its model declares it; absent where nobody does. */
  readonly line?: number;
}

/** A table that comes with a model: nobody declares it, and it is built with its model. */
export interface GeneratedModel {
  readonly of: string;
  /**
   * `account`: what of the rows read did not come out, and why. `rejected`: the rows of it that rules refused. `shared_devices`: devices that several people use. `rates`: exchange rates with the
   * time that each holds for. Of a metric that is kept: `parts` that add up, the `members` of its cohort, its `activity` by period.
   */
  readonly what: 'account' | 'rejected' | 'shared_devices' | 'rates' | 'parts' | 'members' | 'activity' | 'triangle';
  /** The metric that it is made for. */
  readonly metric?: string;
  /** Of an account: the model that the rows come from. */
  readonly from?: string;
  /** Of an account: why it may not balance to the row. `where`: the model does not want some. `time`: they wait for their period, or for a backfill. `live`: others write to the source while it is read. */
  readonly rest?: readonly ('where' | 'time' | 'live')[];
}

export interface ManifestPersonal {
  /** The tags of `pii` that its values carry, sorted; none where a treatment has ended them. */
  readonly tags: readonly string[];
  /** Done here: hashed by the project's key, aggregated over rows, or declared to tell of nobody. */
  readonly treatment?: 'hashed' | 'aggregated' | 'declared';
  /** The author's reason for the last. */
  readonly why?: string;
  readonly path: string;
  readonly line: number;
}

export interface ManifestModel {
  readonly kind: 'model';
  readonly generated?: GeneratedModel;
  readonly name: string;
  readonly layer: Layer;
  /** `contract`: columns only; examples give its rows, a run refuses it. */
  readonly form: 'source' | 'declarative' | 'sql' | 'identity' | 'contract';
  readonly title?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly path: string;
  readonly sqlPath?: string;
  readonly key: readonly string[];
  readonly time?: string;
  readonly columns: readonly ManifestColumn[];
  readonly relations: readonly {
    readonly name: string;
    readonly to: string;
    readonly on: readonly string[];
    readonly targetKey: readonly string[];
  }[];
  /** Models read, sorted. */
  readonly reads: readonly string[];
  /** Models that its tests read besides: to be published before it is tested. Never leads to a cycle. */
  readonly after: readonly string[];
  readonly materialized: 'source' | 'table' | 'view' | 'incremental';
  readonly incremental?: ManifestIncremental;
  /** Of models that ask for it: the unit that is computed anew where an input changed, and how changes of each input find it; or why the model is rebuilt whole. */
  readonly increment?: Increment | NoIncrement;
  /** How a run computes it, and why, in words: shown by `explain`. */
  readonly strategy: string;
  /** It has columns of `hash:`: to build it takes the project's key. */
  readonly hashes?: true;
  /** Why this version of Etalon does not build it, where it does not: a run skips it. */
  readonly notComputed?: string;
  readonly indexes: readonly (readonly string[])[];
  readonly partition?: { readonly by: string };
  /** Of the copies of a row, the one that is kept. */
  readonly dedupe?: { readonly keep: 'first' | 'last'; readonly by: readonly string[] };
  readonly snapshots: number;
  readonly source?: ManifestSource;
  /** The canonical SELECT; absent in sources. */
  readonly sql?: string;
  /** As the author wrote it, after templating; for the dictionary. Absent in sources and declarative models. */
  readonly authoredSql?: string;
  /** 16 hex digits over the normalised plan of the model and of what it reads. Layout, comments, descriptions, owners and tests do not count. */
  readonly fingerprint: string;
  readonly tests: readonly string[];
}

/** As declared; lengths such as `90 days`. */
export interface ManifestIncremental {
  readonly by: string;
  /** Late rows of periods older than this wait for a backfill; absent: no limit. */
  readonly late?: string;
  /** Periods computed again each time, for inputs of which nothing says which rows are new. */
  readonly lookback?: string;
  readonly reads?: Readonly<Record<string, { readonly before?: string; readonly after?: string }>>;
  /** False: the period still open is not in the table. Absent: it is. */
  readonly partial?: false;
  /** How much of a backfill is one unit of work. */
  readonly batch?: string;
}

export interface ManifestSource {
  readonly from: 'files' | 'table';
  readonly pattern?: string;
  readonly format?: FileFormat;
  /** Between the cells of a CSV file; absent: a comma. */
  readonly delimiter?: CsvDelimiter;
  readonly onChange?: 'error' | 'reload';
  readonly table?: string;
  readonly loadedAt?: string;
  /** How far back of the last arrival rows may still come: `10 minutes`. */
  readonly overlap?: string;
  readonly freshness?: { readonly warnAfter?: string; readonly errorAfter?: string };
  readonly events?: TrackingPlan;
}
