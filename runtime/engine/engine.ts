import type {
  ColumnType,
  CsvDelimiter,
  DialectName,
  FileFormat,
  Lookup,
  QualifiedName,
  Statement,
  Value,
} from '../../compiler/index.ts';

/** Rows by position, since names may repeat. Values as `Value` says: decimals, dates (`2025-01-03`), instants (`2025-01-03T10:00:00Z`, with up to six digits of a fraction where there is one) and JSON are text. */
export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Value[])[];
  /** Rows written by an INSERT, UPDATE or DELETE, or rows returned. */
  readonly count: number;
}

/** One connection. Statements of a session run one after another. */
export interface Session {
  execute(statement: Statement | string): Promise<QueryResult>;
}

export interface Capabilities {
  readonly dialect: DialectName;
  /** DDL is undone by ROLLBACK (both engines today; not a lake). */
  readonly transactionalDdl: boolean;
  /** Many processes may write at once; where not, the file lock serialises runs. */
  readonly concurrentProcesses: boolean;
  readonly indexes: boolean;
  readonly partitions: boolean;
  /** Where tables are found that `create temp table` made in the same session. */
  readonly temporarySchema: string;
  /** Why each of the above is as it is, by name. */
  readonly reasons: Readonly<Record<string, string>>;
}

export interface RawColumn {
  readonly name: string;
  /** What the files call it, where that is another name. */
  readonly from?: string;
  readonly type: ColumnType;
  readonly zone?: string;
  readonly required: boolean;
  /** What it holds tells of people: the reason of a refusal does not quote it. */
  readonly personal?: boolean;
}

export interface FileToLoad {
  /** Absolute, for reading. */
  readonly path: string;
  /** Relative to the project, forward slashes: what is remembered and shown. */
  readonly name: string;
}

/**
 * Files to be appended to a raw table. The table has the declared columns, then `_file text, _line integer, _batch integer, _loaded_at timestamp`
 * (`_line` is the row's number in its file from 1, header not counted). The rejected table has `_file, _line, _batch, _loaded_at, reason text, row text`.
 */
export interface FileLoad {
  readonly into: QualifiedName;
  readonly rejectedInto: QualifiedName;
  readonly format: FileFormat;
  /** Between the cells of CSV; absent: a comma. */
  readonly delimiter?: CsvDelimiter;
  readonly columns: readonly RawColumn[];
  readonly files: readonly FileToLoad[];
  /** Files of the same source that were loaded before: what is wrong with one is told beside them. */
  readonly loaded?: readonly FileToLoad[];
  readonly batch: number;
  /** ISO instant. */
  readonly loadedAt: string;
  /** Columns that are not declared and that need not be told of again, as the files call them. */
  readonly known?: readonly string[];
}

export interface LoadResult {
  readonly perFile: readonly { readonly name: string; readonly rows: number; readonly rejected: number }[];
  readonly found: FoundColumns;
}

/** What the columns of the files were, beside their rows. */
export interface FoundColumns {
  /** Files that say themselves which columns they have (a header, a schema), in the order of the load. */
  readonly files: readonly string[];
  /** CSV files of which not even a header could be read, for there is nothing in them. */
  readonly empty: readonly string[];
  /** What the last of these has, as it calls it. */
  readonly last?: readonly string[];
  /** Of each declared column, in their order. */
  readonly declared: readonly FoundColumn[];
  /** Columns that are neither declared nor known, in the order in which they were met; at most `mostOthers`. */
  readonly others: readonly OtherColumn[];
}

export interface FoundColumn {
  readonly name: string;
  /** Those of `files` that have no such column: it is null there. */
  readonly absentIn: readonly string[];
  /** Rows with a value that could be read, and with one that could not. */
  readonly read: number;
  readonly refused: number;
}

export interface OtherColumn {
  /** As the file calls it. */
  readonly name: string;
  /** By its schema, or what its first values look like. */
  readonly type: ColumnType;
  /** The first file that has it. */
  readonly file: string;
}

/** A table or a view as the catalog has it. */
export interface CatalogEntry {
  readonly name: QualifiedName;
  readonly kind: 'table' | 'view';
  /** In order, with the language's type names. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** The tables and views that a view reads, sorted; of a table none. */
  readonly reads: readonly QualifiedName[];
}

/** A published name: a view over a physical relation. */
export interface ViewToPublish {
  readonly view: QualifiedName;
  /** What it shall read. */
  readonly over: QualifiedName;
  readonly columns: readonly string[];
  readonly comment?: string;
}

/**
 * An engine is one folder with this interface; nothing outside the folder asks which engine it is, it asks for a capability.
 * All methods throw `EngineError` only.
 */
export interface Engine {
  readonly capabilities: Capabilities;
  /** For messages, without secrets: `duckdb target/storefront.duckdb`. */
  readonly label: string;
  /** In a session of the engine's pool, outside a transaction. */
  execute(statement: Statement | string): Promise<QueryResult>;
  /** A question over whole tables that changes nothing: `execute`, planned for steps of a query whose size no statistics tell. */
  ask(question: Statement | string): Promise<QueryResult>;
  /** BEGIN … COMMIT, ROLLBACK where `work` throws. Transient failures (serialization, lock timeout, DuckDB conflict, lost connection before COMMIT) are retried with back-off: `work` must be idempotent. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Creates the two raw tables where they are not there yet, within the session's transaction. */
  createRawTables(session: Session, load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>): Promise<void>;
  /** Appends the files' rows, within the session's transaction. Same rows, same rejected rows and reasons on every engine. */
  load(session: Session, load: FileLoad): Promise<LoadResult>;
  /** Points views at their relations, within the session's transaction; grants, comments and dependent views are kept, dependents recreated where a shape changes. */
  publish(session: Session, views: readonly ViewToPublish[]): Promise<void>;
  /** Columns of a relation in order with the language's type names, or undefined where there is none. */
  findRelation(
    name: QualifiedName,
  ): Promise<{ readonly columns: readonly { readonly name: string; readonly type: string }[] } | undefined>;
  /** Every table and view of the schemas, sorted by schema and name, in one look at the catalog. */
  readCatalog(schemas: readonly string[]): Promise<readonly CatalogEntry[]>;
  /** What a table takes, as far as the engine tells it without reading the table. */
  readSize(name: QualifiedName): Promise<{ readonly rows?: number; readonly bytes?: number }>;
  /** Makes the room of dropped tables and deleted rows free for others, where that does not come by itself. */
  reclaim(): Promise<void>;
  /** Drops a relation of ours that nobody should be reading; false where somebody is, or reads it through something of their own: it is not waited for. */
  drop(name: QualifiedName, kind: 'table' | 'view'): Promise<boolean>;
  /** The same engine, whose sessions say what they are for (`RUN/MODEL`) to whoever looks at the server. Closing or cancelling is of all of them. */
  named(name: string): Engine;
  /** Ends what sessions of runs that died still do in the database, and with it the locks that they hold. */
  endSessions(runs: readonly string[]): Promise<void>;
  /** Statistics of a table that was written anew, where the engine wants them; in the session's transaction, where one is given. */
  analyze(name: QualifiedName, session?: Session): Promise<void>;
  /** Makes it quick to look up rows of a table so, where the engine wants something for that, and by what its statistics say. Again and again is no harm. */
  indexLookups(name: QualifiedName, lookups: readonly Lookup[], session?: Session): Promise<void>;
  /** Interrupts what is running, in the database too. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/** What went wrong, in one line, without secrets and without values of rows. */
export type EngineErrorKind =
  | 'unreachable'
  | 'busy'
  | 'sql'
  | 'transient'
  | 'resources'
  | 'read_only'
  | 'cancelled'
  | 'data';

export class EngineError extends Error {
  readonly kind: EngineErrorKind;
  /** The statement's position that the engine names (UTF-16 offset from 0), where it does. */
  readonly position: number | undefined;
  readonly hint: string | undefined;
  /** Declared columns that the source does not have, by their names in the model. */
  readonly lacking: readonly string[];
  /** The engine's own words, which may quote a row. */
  readonly #whole: string;
  /** The work must not be repeated: it was tried often enough, or whether it took effect is not known. */
  readonly final: boolean;
  /** Where it ended a run: what stands nevertheless. */
  readonly kept: string | undefined;
  constructor(
    kind: EngineErrorKind,
    message: string,
    detail: {
      readonly position?: number | undefined;
      readonly hint?: string | undefined;
      readonly cause?: unknown;
      readonly whole?: string;
      readonly lacking?: readonly string[];
      readonly final?: boolean;
      readonly kept?: string;
    } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'EngineError';
    this.kind = kind;
    this.position = detail.position;
    this.hint = detail.hint;
    this.lacking = detail.lacking ?? [];
    this.#whole = detail.whole ?? message;
    this.final = detail.final ?? false;
    this.kept = detail.kept;
  }

  /** Is a text, such as the path of a file, in the engine's own words? They are shown to nobody. */
  mentions(text: string): boolean {
    return this.#whole.includes(text);
  }

  /** The same, of work that was tried often enough. */
  asFinal(): EngineError {
    const { kind, message, position, hint, cause, lacking } = this;
    return new EngineError(kind, message, { position, hint, cause, lacking, whole: this.#whole, final: true });
  }

  /** The same, of a run that it ended. */
  keeping(kept: string): EngineError {
    const { kind, message, position, hint, cause, final } = this;
    return new EngineError(kind, message, { position, hint, cause, whole: this.#whole, final, kept });
  }
}
