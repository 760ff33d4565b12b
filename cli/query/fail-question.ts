import { renderDiagnostic } from '../../compiler/diagnostic/render-diagnostic.ts';
import { type Diagnostic, diagnosticToJson } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';

/** A question that cannot be answered: where it is a word of `--where`, that is shown; else in one line. */
export function failQuestion(
  { output }: Context,
  diagnostics: readonly Diagnostic[],
  where: string | undefined,
): never {
  const wrong = diagnostics.find(({ severity }) => severity === 'error');
  if (wrong?.span && where !== undefined) {
    const options = { color: output.errColours.isColorSupported, width: output.columns };
    output.err(`${renderDiagnostic(wrong, () => where, options)}\n\n`);
    throw new CommandFailure(exitCode.usage, 'the question cannot be answered', [], [diagnosticToJson(wrong)]);
  }
  throw new CommandFailure(exitCode.usage, wrong?.message ?? 'the question has no plan', wrong?.hints);
}
