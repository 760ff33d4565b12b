import { resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { createOutput } from '../../cli/output/output.ts';
import { runProgram } from '../../cli/run-program.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One command line of `etalon`, in this process and from the sources: what is tested is never an old build. */
export function runEtalon(
  folder: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  surroundings: Partial<Pick<Context, 'clock'>> = {},
): Promise<Ended> {
  return runHere(folder, words, { ...process.env, NO_COLOR: '1', ...env }, surroundings);
}

/** The same with no other environment than this one. */
export async function runHere(
  folder: string,
  words: readonly string[],
  env: Context['env'],
  surroundings: Partial<Pick<Context, 'clock' | 'version'>> = {},
): Promise<Ended> {
  const [stdout, stderr] = [collect(), collect()];
  const context: Context = {
    output: createOutput(stdout, stderr, env),
    env,
    cwd: resolve(folder),
    clock: () => new Date().toISOString(),
    stopwatch: () => performance.now() / 1000,
    signal: new AbortController().signal,
    version: '0.0.0-test',
    ...surroundings,
  };
  const code = await runProgram(words, context);
  return { code, out: stdout.text(), err: stderr.text() };
}

function collect() {
  let all = '';
  const write = (text: string) => {
    all += text;
    return true;
  };
  return { write, text: () => all };
}

/** A command that must succeed; its output if it did. */
export async function mustRun(
  folder: string,
  words: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, out, err } = await runEtalon(folder, words, env);
  if (code !== 0) throw new Error(`etalon ${words.join(' ')} ended with ${code}\n${out}${err}`);
  return out;
}
