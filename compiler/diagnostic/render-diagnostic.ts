import { renderCodeFrame } from './code-frame.ts';
import type { Code } from './codes.ts';
import { codes } from './codes.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import type { Paint } from './paint.ts';
import { ansiPaint, plainPaint } from './paint.ts';
import { withoutControls } from './text-cells.ts';

export interface RenderOptions {
  readonly color: boolean;
  /** Other colours than those of `ansiPaint`. */
  readonly paint?: Paint;
  /** Columns of the terminal; 120 if not known. */
  readonly width?: number;
}

/**
 * Draws a diagnostic for a terminal or a log. `fileText` finds the text of a project file, or nothing, in which case the frame is left out.
 *
 * @example
 * error[E1203]: unknown key `descripton` in a model
 *  --> models/clean/events.yml:1:1
 *   |
 * 1 | descripton: One row per event.
 *   | ^^^^^^^^^^
 *   = did you mean `description`?
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  fileText: (path: string) => string | undefined,
  options: RenderOptions,
): string {
  const paint = options.paint ?? (options.color ? ansiPaint : plainPaint);
  const mark = diagnostic.severity === 'error' ? paint.error : paint.warning;
  const { span } = diagnostic;
  const indent = ' '.repeat(span ? String(span.start.line).length : 1);
  const lines = [
    `${mark(`${diagnostic.severity}[${diagnostic.code}]`)}: ${paint.strong(withoutControls(diagnostic.message))}`,
  ];
  if (span) {
    const place = `${withoutControls(span.file)}:${span.start.line}:${span.start.column}`;
    lines.push(`${indent}${paint.quiet('-->')} ${place}`);
    const text = fileText(span.file);
    if (text) lines.push(...renderCodeFrame(span, text, paint, mark, options.width ?? 120));
  }
  for (const hint of diagnostic.hints) lines.push(`${indent} ${paint.quiet('=')} ${paint.hint(withoutControls(hint))}`);
  return lines.join('\n');
}

export interface DiagnosticJson {
  readonly code: Code;
  /** The kind of fault, the same for all diagnostics of the code. */
  readonly title: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly hints: readonly string[];
}

/** For `--json`: flat, lines and columns from 1. */
export function diagnosticToJson(diagnostic: Diagnostic): DiagnosticJson {
  const { code, severity, message, span, hints } = diagnostic;
  const place = span && {
    file: span.file,
    line: span.start.line,
    column: span.start.column,
    endLine: span.end.line,
    endColumn: span.end.column,
  };
  return { code, title: codes[code], severity, message, ...place, hints };
}
