import { CommanderError } from 'commander';
import { CommandFailure } from './command-failure.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { buildProgram } from './program.ts';
import { commandTree } from './tree/command-tree.ts';

/** Runs one command line and says how it ended. Never throws: whatever went wrong is printed in a line. */
export async function runProgram(words: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const program = buildProgram(commandTree, context, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
    if (error instanceof CommandFailure) return printFailure(error, context);
    if (context.signal.aborted) return exitCode.interrupted;
    const { reportError } = await import('./output/report-error.ts');
    return reportError(error, words, context);
  }
}

function printFailure(failure: CommandFailure, { output }: Context): ExitCode {
  const { red, dim } = output.errColours;
  const hints = failure.hints.map((hint) => `  ${dim(hint)}\n`);
  output.err(`${red('error')}: ${failure.message}\n${hints.join('')}`);
  return failure.exitCode;
}
