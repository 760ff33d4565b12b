import type { ChildProcess } from 'node:child_process';
import { startCli } from '../support/cli.ts';

/** A command under way: what it says can be awaited. */
export interface StartedCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>;
  /** Until it has said this, on either stream; fails where it ends before. */
  readonly said: (part: string) => Promise<void>;
}

export function startCommand(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): StartedCommand {
  const child = startCli(words, { cwd, env });
  const waiting: { readonly part: string; readonly done: () => void; readonly fail: (error: Error) => void }[] = [];
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      for (const { part, done } of waiting) if (text.includes(part)) done();
    });
  }
  const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
    child.once('close', (code) => {
      for (const { part, fail } of waiting) fail(new Error(`ended with ${code} and never said \`${part}\`: ${text}`));
      resolve({ code, text });
    });
  });
  const said = (part: string) =>
    new Promise<void>((done, fail) => {
      if (text.includes(part)) done();
      else waiting.push({ part, done, fail });
    });
  return { child, ended, said };
}
