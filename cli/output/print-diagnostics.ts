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
export async function printDiagnostics(
  output: Output,
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
): Promise<void> {
  if (diagnostics.length === 0) return;
  const { renderDiagnostic } = await import('../../compiler/index.ts');
  const colour = output.errColours.isColorSupported;
  for (const found of diagnostics) output.err(`${renderDiagnostic(found, files, { colour })}\n`);
  const { errors, warnings } = countBySeverity(diagnostics);
  const { red, yellow } = output.errColours;
  const parts = [
    ...(errors > 0 ? [red(formatCount(errors, 'error'))] : []),
    ...(warnings > 0 ? [yellow(formatCount(warnings, 'warning'))] : []),
  ];
  output.err(`${parts.join(', ')}\n`);
}
