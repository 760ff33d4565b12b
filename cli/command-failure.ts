import type { DiagnosticJson } from '../compiler/index.ts';
import type { ExitCode } from './exit-code.ts';

/** A command cannot go on for a reason that its user can mend: one line, hints, an exit code; never a stack trace. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly hints: readonly string[];
  /** What is wrong with the definitions; people have been shown it already. */
  readonly diagnostics: readonly DiagnosticJson[] | undefined;
  constructor(
    exitCode: ExitCode,
    message: string,
    hints: readonly string[] = [],
    diagnostics?: readonly DiagnosticJson[],
  ) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.hints = hints;
    this.diagnostics = diagnostics;
  }
}
