import type { ExitCode } from './exit-code.ts';
import type { Output } from './output/output.ts';

/** The outside world as a command sees it. `main.ts` makes the real one, tests make quieter ones. */
export interface Context {
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** The instant now, ISO text in UTC. */
  readonly clock: () => string;
  /** Seconds since some fixed moment, for durations. */
  readonly stopwatch: () => number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** Asks whoever sits at the terminal; absent where nobody does. */
  readonly ask?: (question: string) => Promise<string>;
}

/** Flags of one call, by camel-cased name, as the command tree declares them. */
export type Flags = Readonly<Record<string, unknown>>;

/** A command's work: reads its flags, calls one function of the product, prints. */
export type Command = (context: Context, words: readonly string[], flags: Flags) => Promise<ExitCode>;
