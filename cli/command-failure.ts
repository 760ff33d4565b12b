import type { ExitCode } from './exit-code.ts';

/** A command cannot go on for a reason that its user can mend: one line, hints, an exit code; never a stack trace. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly hints: readonly string[];
  constructor(exitCode: ExitCode, message: string, hints: readonly string[] = []) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.hints = hints;
  }
}
