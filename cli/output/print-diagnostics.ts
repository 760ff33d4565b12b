import { renderDiagnostic } from '../../compiler/diagnostic/render-diagnostic.ts';
import type { Diagnostic, SourceFile } from '../../compiler/index.ts';
import { formatCount } from './format-quantity.ts';
import type { Output } from './output.ts';

export function countBySeverity(diagnostics: readonly Diagnostic[]): {
  readonly errors: number;
  readonly warnings: number;
} {
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  return { errors, warnings: diagnostics.length - errors };
}

/** Draws each with its code frame, to standard error, and counts them. */
export function printDiagnostics(
  output: Output,
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
): void {
  if (diagnostics.length === 0) return;
  const texts = new Map(files.map((file) => [file.path, file.text]));
  const options = { color: output.errColours.isColorSupported, width: output.columns };
  for (const found of diagnostics) {
    output.err(`${renderDiagnostic(found, (path) => texts.get(path), options)}\n\n`);
  }
  const { errors, warnings } = countBySeverity(diagnostics);
  const { red, yellow } = output.errColours;
  const parts = [
    ...(errors > 0 ? [red(formatCount(errors, 'error'))] : []),
    ...(warnings > 0 ? [yellow(formatCount(warnings, 'warning'))] : []),
  ];
  output.err(`${parts.join(', ')}\n`);
}
