import { Command as Commander, InvalidArgumentError, Option } from 'commander';
import type { Context } from './context.ts';
import { type ExitCode, exitCodeMeanings } from './exit-code.ts';
import type { CommandSpec, OptionSpec } from './tree/command-spec.ts';

/** The command tree as commander wants it. `ended` is told the exit code of the command that ran. */
export function buildProgram(
  tree: readonly CommandSpec[],
  context: Context,
  ended: (code: ExitCode) => void,
): Commander {
  const program = new Commander('etalon')
    .description('Metrics as code: checked, compiled to SQL, run on DuckDB or PostgreSQL, explained in a dictionary.')
    .version(context.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'help for a command')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => context.output.out(text),
      writeErr: (text) => context.output.err(text),
      // What is wrong with the words is told once, as every other error is.
      outputError: () => undefined,
    })
    .addHelpText('after', formatFooter());
  for (const spec of tree) addCommand(program, spec, context, ended);
  return program;
}

function addCommand(parent: Commander, spec: CommandSpec, context: Context, ended: (code: ExitCode) => void): void {
  const command = parent.command(spec.name).summary(spec.summary).description(formatDescription(spec));
  // What every command prints about itself ends with what one would type.
  command.addHelpText('after', formatExamples(spec));
  command.configureHelp({ helpWidth: 100 });
  for (const { name, about, choices } of spec.arguments ?? []) {
    const argument = command.createArgument(name, about);
    command.addArgument(choices ? argument.choices([...choices]) : argument);
  }
  for (const option of spec.options ?? []) command.addOption(toOption(option));
  for (const child of spec.commands ?? []) addCommand(command, child, context, ended);
  const { load } = spec;
  if (!load) return;
  command.action(async (...given: unknown[]) => {
    // Commander passes the declared words, then the flags, then itself.
    const words = given.slice(0, -2).flatMap((word) => (word === undefined ? [] : (word as string | string[])));
    const run = await load();
    ended(await run(context, words, command.opts()));
  });
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.about);
  if (spec.required) option.makeOptionMandatory();
  if (spec.default !== undefined) option.default(spec.integer ? Number(spec.default) : spec.default);
  if (spec.choices) option.choices([...spec.choices]);
  if (spec.integer) {
    const { min } = spec.integer;
    option.argParser((text: string) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min) return value;
      throw new InvalidArgumentError(`expected: a whole number from ${min} on`);
    });
  }
  if (spec.repeat) option.argParser((text: string, before: readonly string[] = []) => [...before, text]);
  return option;
}

function formatDescription(spec: CommandSpec): string {
  const first = spec.summary.charAt(0).toUpperCase() + spec.summary.slice(1);
  return [`${first}.`, ...(spec.more ?? [])].join('\n\n');
}

function formatExamples(spec: CommandSpec): string {
  const width = Math.max(...spec.examples.map(([line]) => line.length));
  const lines = spec.examples.map(([line, meaning]) => `  $ ${line.padEnd(width)}  # ${meaning}`);
  return `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.join('\n')}\n`;
}

function formatFooter(): string {
  const codes = exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  const start = '  $ etalon init shop && cd shop && etalon build';
  return `\nStart:\n${start}\n\nExit codes:\n${codes.join('\n')}\n`;
}
