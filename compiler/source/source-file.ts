import type { Span } from '../diagnostic/diagnostic.ts';

/** One text file of a project, as read. `path` is relative to the project's folder, with forward slashes, NFC. */
export interface SourceFile {
  readonly kind: 'source-file';
  readonly path: string;
  readonly text: string;
}

/**
 * A YAML value with the place it stands at. A mapping keeps the order of its file.
 * A scalar keeps its source text (`raw`), since `0.5000` read as a number has lost its digits.
 */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** What the file says, without quotes. */
  readonly raw: string;
  /** True where the file has quotes or a block scalar: then `value` is a string whatever it looks like. */
  readonly quoted: boolean;
  readonly span: Span;
  /**
   * For each UTF-16 unit of `raw` (and one past it) its offset in the file, so that an error inside an SQL expression can be placed.
   * Present where it is not simply `span.start.offset + i`.
   */
  readonly offsets?: readonly number[];
  /** File offsets at which the file's lines begin; shared by all scalars of a file. */
  readonly lineStarts?: readonly number[];
}
export interface YamlSequence {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
  readonly span: Span;
}
export interface YamlMapping {
  readonly kind: 'mapping';
  readonly entries: readonly YamlEntry[];
  readonly span: Span;
}
export interface YamlEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: YamlNode;
}

/** A YAML file that has been read and whose shape has been found right against the JSON Schema of its kind. */
export interface Document {
  readonly kind: 'document';
  readonly type: DocumentType;
  readonly path: string;
  readonly root: YamlMapping;
}
export type DocumentType =
  | 'project'
  | 'raw-model'
  | 'clean-model'
  | 'marts-model'
  | 'metrics'
  | 'segments'
  | 'data-tests';

/** A piece of SQL as it stands in a project: a whole `.sql` file or a scalar of a YAML file. */
export interface SqlText {
  readonly text: string;
  readonly span: Span;
  /** As in `YamlScalar.offsets`; absent where text unit i is file offset `span.start.offset + i`. */
  readonly offsets?: readonly number[];
  /** File offsets at which the file's lines begin. With them a place inside quoted or folded text gets its exact line; without them it is reckoned from `text`. */
  readonly lineStarts?: readonly number[];
}
