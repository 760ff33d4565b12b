import type { Command } from '../context.ts';

/** A word on the command line, as commander writes it: `<name>`, `[folder]`, `<metric...>`. */
export interface ArgumentSpec {
  readonly name: string;
  readonly about: string;
  readonly choices?: readonly string[];
}

export interface OptionSpec {
  /** `-s, --select <selector>` */
  readonly flags: string;
  readonly about: string;
  /** May be given several times; the flag's value is then a list. */
  readonly repeat?: boolean;
  readonly choices?: readonly string[];
  /** A whole number from `min` on. */
  readonly integer?: { readonly min: number };
  readonly default?: string;
  /** A call without it is wrong. */
  readonly required?: true;
}

/** A command as plain data: help, completion and docs/commands.md are three readers of it. */
export interface CommandSpec {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What it does beyond the line; a paragraph each. */
  readonly more?: readonly string[];
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Loads the command's module only when it is run: help must not pay for a database. */
  readonly load?: () => Promise<Command>;
  readonly commands?: readonly CommandSpec[];
}
