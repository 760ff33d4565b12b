import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';
import type { ColumnTest, ModelTest } from './data-test.ts';
import type { ColumnType } from './type-name.ts';

export type Layer = 'raw' | 'clean' | 'marts';

/** How a column of a clean or marts model gets its value. */
export type ColumnBody =
  | { readonly form: 'same' }
  | { readonly form: 'expression'; readonly expression: SqlText }
  | {
      readonly form: 'map';
      readonly from: SqlText;
      readonly values: Readonly<Record<string, readonly (string | number | boolean | null)[]>>;
      readonly else: { readonly error: true } | { readonly value: string | null };
    }
  | { readonly form: 'identity'; readonly entity: Located<string> }
  /** The newest name of an event, by the tracking plan of a source. */
  | { readonly form: 'event'; readonly source: Located<string> }
  | { readonly form: 'hash'; readonly of: SqlText }
  | {
      readonly form: 'money';
      readonly amount: string;
      readonly currency: string;
      readonly at: string;
      readonly rates: Located<string>;
      readonly maxAge?: string;
    };

export interface ColumnDefinition {
  readonly name: string;
  /** Declared type; absent: inferred. Always present in raw models and in the contract of SQL models. */
  readonly type?: ColumnType;
  /** For a timestamp that arrives without a zone. */
  readonly zone?: string;
  readonly required: boolean;
  /** Of a raw model: what the source calls it, where that is another name. */
  readonly from?: string;
  readonly description?: string;
  /** The tag, such as `id`, `email`. */
  readonly pii?: string;
  /** `pii: none`: the author answers for it that the column tells of nobody. */
  readonly impersonal?: { readonly why: string; readonly span: Span };
  readonly body: ColumnBody;
  readonly tests: readonly ColumnTest[];
  readonly span: Span;
}

export interface RelationDefinition {
  readonly name: string;
  readonly to: Located<string>;
  /** Columns of this model, in the order of the target's key. */
  readonly on: readonly string[];
  readonly span: Span;
}

export interface IncrementalDefinition {
  readonly by: 'hour' | 'day' | 'week' | 'month' | 'key';
  readonly late?: string;
  readonly lookback?: string;
  /** How far around a period the query looks at a model. */
  readonly reads?: readonly {
    readonly model: Located<string>;
    readonly before?: string;
    readonly after?: string;
  }[];
  /** Is the period still open in the table, too? */
  readonly partial: boolean;
  readonly batch?: string;
  readonly lookbackSpan?: Span;
  readonly span: Span;
}

export interface ModelCommon {
  readonly kind: 'model';
  /** `clean.events` */
  readonly name: string;
  readonly layer: Layer;
  readonly title?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly key: readonly string[];
  /** The column that is business time. */
  readonly time?: string;
  readonly columns: readonly ColumnDefinition[];
  readonly relations: readonly RelationDefinition[];
  readonly tests: readonly ModelTest[];
  /** The `.yml`, relative to the project. */
  readonly path: string;
  readonly span: Span;
}

export type FileFormat = 'csv' | 'jsonl' | 'parquet';

/** What may stand between the cells of a CSV file. */
export type CsvDelimiter = ',' | ';' | '\t' | '|';

export interface SourceModel extends ModelCommon {
  readonly form: 'source';
  readonly source:
    | {
        readonly from: 'files';
        readonly pattern: string;
        readonly format: FileFormat;
        /** Absent: a comma. */
        readonly delimiter?: CsvDelimiter;
        readonly onChange: 'error' | 'reload';
        readonly span: Span;
      }
    | { readonly from: 'table'; readonly table: string; readonly span: Span };
  readonly loadedAt?: string;
  readonly overlap?: string;
  readonly freshness?: { readonly warnAfter?: string; readonly errorAfter?: string };
  readonly events?: TrackingPlan;
}

export interface TrackingPlan {
  /** The column with the event's name. */
  readonly name: string;
  /** The JSON column in which properties are looked up that are no columns. */
  readonly properties?: string;
  /** The column with the version of the plan that the sender was built with; present where an event says `since`. */
  readonly version?: string;
  readonly catalog: readonly TrackedEvent[];
}

export interface TrackedEvent {
  readonly event: string;
  readonly requires: readonly string[];
  readonly since?: number;
  readonly renamedFrom?: string;
  readonly owner?: string;
}

/** What clean and marts models share. */
export interface BuiltModelCommon extends ModelCommon {
  readonly materialized: 'table' | 'view' | 'incremental';
  readonly incremental?: IncrementalDefinition;
  readonly indexes: readonly (readonly string[])[];
  readonly partition?: { readonly by: string };
  readonly snapshots?: { readonly keep: number };
  /** `enforced`: a change of a type or column needs a version. */
  readonly contract: 'enforced' | 'none';
  readonly version: number;
  readonly changes: Readonly<Record<string, string>>;
}

/** `from:` with columns. */
export interface DeclarativeModel extends BuiltModelCommon {
  readonly form: 'declarative';
  readonly from: Located<string>;
  readonly dedupe?: { readonly keep: 'first' | 'last'; readonly by: readonly string[]; readonly span: Span };
  readonly where?: SqlText;
  readonly exclude: readonly Located<string>[];
}

/** A `.sql` beside the `.yml`. */
export interface SqlModel extends BuiltModelCommon {
  readonly form: 'sql';
  readonly sql: SqlText;
  readonly sqlPath: string;
}

export interface IdentityModel extends BuiltModelCommon {
  readonly form: 'identity';
  readonly identity: {
    readonly entity: Located<string>;
    readonly links: readonly {
      readonly from: Located<string>;
      readonly anonymous: string;
      readonly known: string;
      readonly at: string;
    }[];
    readonly also: readonly {
      readonly from: Located<string>;
      readonly known: string;
      readonly attributes: readonly string[];
    }[];
    readonly anonymous: 'none' | 'first' | 'last' | 'nearest';
    readonly sharedDevice?: { readonly maxUsers: number };
    readonly block: readonly string[];
  };
}

/** Columns with types and nothing that fills them: examples give the rows, a run refuses it. */
export interface ContractModel extends BuiltModelCommon {
  readonly form: 'contract';
}

export type ModelDefinition = SourceModel | DeclarativeModel | SqlModel | IdentityModel | ContractModel;
