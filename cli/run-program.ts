import { CommanderError } from 'commander';
import { CommandFailure } from './command-failure.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { describeUsage } from './output/describe-usage.ts';
import { reportToMachines } from './output/report-to-machines.ts';
import { buildProgram } from './program.ts';
import type { CommandSpec } from './tree/command-spec.ts';
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
    if (error instanceof CommanderError) return endUsage(error, words, context);
    if (error instanceof CommandFailure) return printFailure(error, words, context);
    if (context.signal.aborted) return exitCode.interrupted;
    const { reportError } = await import('./output/report-error.ts');
    return reportError(error, words, context);
  }
}

/** Commander ends by an error also where it has printed the help that was asked for, or the help for want of a command. */
function endUsage(error: CommanderError, words: readonly string[], context: Context): ExitCode {
  if (error.exitCode === 0) return exitCode.done;
  if (error.code === 'commander.help') return exitCode.usage;
  const { message, hints } = describeUsage(error.message);
  const told = hints.length > 0 ? hints : [`see: ${['etalon', ...commandOf(words), '--help'].join(' ')}`];
  return printFailure(new CommandFailure(exitCode.usage, message, told), words, context);
}

/** The words that name a command, as far as there is one. */
function commandOf(words: readonly string[], tree: readonly CommandSpec[] = commandTree): readonly string[] {
  const [first, ...rest] = words;
  const spec = tree.find(({ name }) => name === first);
  return spec === undefined ? [] : [spec.name, ...commandOf(rest, spec.commands ?? [])];
}

function printFailure(failure: CommandFailure, words: readonly string[], { output }: Context): ExitCode {
  const { exitCode: code, message, hints, diagnostics } = failure;
  const { red, dim } = output.errColours;
  output.err(`${red('error')}: ${message}\n${hints.map((hint) => `  ${dim(hint)}\n`).join('')}`);
  reportToMachines({ exitCode: code, error: message, hints, ...(diagnostics ? { diagnostics } : {}) }, words, output);
  return code;
}
