import type { DiagnosticJson } from '../../compiler/index.ts';
import type { ExitCode } from '../exit-code.ts';
import { formatJson, formatJsonLine } from './format-json.ts';
import type { Output } from './output.ts';

/** Why a command could not go on. */
export interface FailureReport {
  readonly exitCode: ExitCode;
  readonly error: string;
  readonly hints: readonly string[];
  /** What is wrong with the definitions, where that is why. */
  readonly diagnostics?: readonly DiagnosticJson[];
}

/** Who asked for JSON gets it also where there is no result: one document, or the last of the lines. */
export function reportToMachines(failure: FailureReport, words: readonly string[], output: Output): void {
  if (words.includes('--events')) output.out(formatJsonLine({ event: 'failed', ...failure }));
  else if (/(^| )--(json|format[= ]json)( |$)/.test(words.join(' '))) output.out(formatJson({ ok: false, ...failure }));
}
