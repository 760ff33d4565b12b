import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { findProjectFolder } from '../project/find-project.ts';
import { reportToMachines } from './report-to-machines.ts';

/** What a database or the state tables refuse, by what a script that called us should do about it. */
const codeByKind: Readonly<Record<string, ExitCode>> = {
  unreachable: exitCode.unreachable,
  busy: exitCode.unreachable,
  transient: exitCode.unreachable,
  read_only: exitCode.unreachable,
  resources: exitCode.unreachable,
  sql: exitCode.failed,
  data: exitCode.failed,
  cancelled: exitCode.interrupted,
};

/**
 * One line for an error that no command expected. Errors of engine and state say what they are by name, so that this file needs no engine; anything
 * else is our fault: exit code 70, the stack in a file, nothing of it on the screen unless ETALON_DEBUG is set.
 */
export function reportError(error: unknown, words: readonly string[], context: Context): ExitCode {
  const { output } = context;
  const { red, dim } = output.errColours;
  const debug = context.env.ETALON_DEBUG ? `${stackOf(error)}\n` : '';
  const tell = (code: ExitCode, message: string, hints: readonly string[] = [], title = 'error'): ExitCode => {
    output.err(`${red(title)}: ${message}\n${hints.map((hint) => `  ${dim(hint)}\n`).join('')}${debug}`);
    reportToMachines({ exitCode: code, error: message, hints }, words, output);
    return code;
  };
  if (error instanceof Error && (error.name === 'EngineError' || error.name === 'StateError')) {
    const detail = error as { kind?: string; hint?: string; kept?: string };
    const code = codeByKind[detail.kind ?? ''] ?? exitCode.usage;
    return tell(
      code,
      firstLine(error.message),
      [detail.hint, detail.kept].filter((hint) => hint !== undefined),
    );
  }
  const system = describeSystemError(error);
  if (system !== undefined) return tell(exitCode.usage, system);
  const message = firstLine(error instanceof Error ? error.message : String(error));
  const file = writeFault(error, words, context);
  const ask = 'this is a fault of Etalon, not of the project: please report it with that file';
  return tell(exitCode.fault, message, [...(file ? [`details: ${file}`] : []), ask], 'internal fault');
}

/** What the machine refuses, not we. A file that is missing where we counted on it is our fault and not among these. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a file stands where a folder is wanted',
  EISDIR: 'a folder stands where a file is wanted',
  EEXIST: 'a file stands where a folder is wanted',
  EMFILE: 'too many open files',
};

function describeSystemError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  const why = code === undefined ? undefined : refusals[code];
  return why === undefined ? undefined : `${path === undefined ? '' : `\`${path}\`: `}${why}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] || 'no message';
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** Under the project's target/, else in the system's temporary folder; undefined where neither can be written. */
function writeFault(error: unknown, words: readonly string[], context: Context): string | undefined {
  const at = context.clock();
  const project = findProjectFolder(context.cwd);
  const text = [
    `etalon ${context.version}, node ${process.version}, ${process.platform} ${process.arch}, ${at}`,
    `command: etalon ${words.join(' ')}`,
    stackOf(error),
    '',
  ].join('\n');
  for (const folder of [...(project ? [join(project, 'target', 'faults')] : []), join(tmpdir(), 'etalon-faults')]) {
    try {
      mkdirSync(folder, { recursive: true });
      const file = join(folder, `${at.replace(/[^0-9TZ]/g, '')}.txt`);
      writeFileSync(file, context.output.redact(text));
      return file;
    } catch {
      // The next place.
    }
  }
  return undefined;
}
