import type { Code } from './codes.ts';

/** A place in a file: `offset` in UTF-16 units from 0, `line` and `column` from 1 (column in UTF-16 units). */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A range of a project file. `file` is relative to the project's folder, with forward slashes. `end` is exclusive. */
export interface Span {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning';

/**
 * What the compiler has to say about a place. Drawn once, at the edge, by `renderDiagnostic`.
 *
 * @example
 * diagnostic('E1203', 'unknown key `descripton`', { span, hints: ['did you mean `description`?'] })
 */
export interface Diagnostic {
  readonly kind: 'diagnostic';
  readonly code: Code;
  readonly severity: Severity;
  /** Lower case, names in backticks, what was found; then what is available. No "you", no "invalid". */
  readonly message: string;
  readonly span?: Span;
  /** How to mend it, a sentence each. */
  readonly hints: readonly string[];
}

/** A value as it stands in a file. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

export interface DiagnosticDetail {
  readonly span?: Span | undefined;
  readonly hints?: readonly string[];
  readonly severity?: Severity;
}

/** Makes a diagnostic; an error unless `severity` says otherwise. */
export function diagnostic(code: Code, message: string, detail: DiagnosticDetail = {}): Diagnostic {
  return {
    kind: 'diagnostic',
    code,
    severity: detail.severity ?? 'error',
    message,
    ...(detail.span ? { span: detail.span } : {}),
    hints: detail.hints ?? [],
  };
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}
