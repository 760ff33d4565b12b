import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { suggestNames } from '../../compiler/diagnostic/nearest-name.ts';
import type { ManifestTarget } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import type { OpenTarget } from '../../runtime/engine/open-engine.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJsonLine } from '../output/format-json.ts';
import { parseDuration, readPatience } from '../run/patience.ts';
import type { Project } from './load-project.ts';

/** The target that `--target` names, else the project's own. */
export function getTarget(project: Project, flags: Flags): ManifestTarget {
  const { target, targets } = project.manifest.project;
  const name = (flags.target as string | undefined) ?? target;
  const found = targets.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new CommandFailure(
    exitCode.usage,
    `\`--target ${name}\`: project.yml has no such target`,
    suggestNames(
      name,
      targets.map((candidate) => candidate.name),
    ),
  );
}

/** The URL that the environment holds: a secret of the output since the project was compiled. */
function readUrl(context: Context, target: string, variable: string): string {
  const url = context.env[variable];
  const hints = [`for example: export ${variable}=postgres://user:password@host:5432/database`];
  if (!url) {
    throw new CommandFailure(
      exitCode.usage,
      `target \`${target}\` wants the environment variable ${variable}, which is not set`,
      hints,
    );
  }
  // Nothing of it is told: it may be a password that landed in the wrong variable.
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new CommandFailure(
      exitCode.usage,
      `target \`${target}\`: the environment variable ${variable} does not hold the address of a PostgreSQL database`,
      hints,
    );
  }
  return url;
}

export function countThreads(target: ManifestTarget, flags: Flags): number {
  return (flags.threads as number | undefined) ?? target.threads ?? 4;
}

/** Connects to a target. The caller closes it. */
export async function openTarget(
  context: Context,
  project: Project,
  flags: Flags,
  options: { readonly readOnly?: boolean } = {},
): Promise<Engine> {
  const target = describeTarget(context, project, flags, options);
  const { openEngine } = await import('../../runtime/engine/open-engine.ts');
  return openEngine(target);
}

/** A statement that takes longer has gone astray. */
const longestStatement = '6 hours';

function describeTarget(
  context: Context,
  project: Project,
  flags: Flags,
  options: { readonly readOnly?: boolean },
): OpenTarget {
  const target = getTarget(project, flags);
  const common = {
    threads: countThreads(target, flags),
    statementTimeoutSeconds: parseDuration('statement_timeout', target.statementTimeout ?? longestStatement),
    ...options,
  };
  if (target.engine === 'postgres') {
    return { engine: 'postgres', url: readUrl(context, target.name, target.urlEnv), ...common };
  }
  const path = target.path === ':memory:' ? target.path : resolve(project.folder, target.path);
  if (path !== ':memory:' && !options.readOnly) mkdirSync(dirname(path), { recursive: true });
  return {
    engine: 'duckdb',
    path,
    folders: [project.folder],
    ...(target.memoryLimit ? { memoryLimit: target.memoryLimit } : {}),
    ...(target.spillLimit ? { spillLimit: target.spillLimit } : {}),
    ...common,
  };
}

/** Runs `work` with a connection and closes it whatever happens; Ctrl-C interrupts what runs in the database. Where another process holds the file, waits as the flags say. */
export async function withTarget<T>(
  context: Context,
  project: Project,
  flags: Flags,
  work: (engine: Engine) => Promise<T>,
  options: { readonly readOnly?: boolean } = {},
): Promise<T> {
  const engine = await openPatiently(context, project, flags, options);
  const cancel = () => void engine.cancel().catch(() => undefined);
  context.signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work(engine);
  } finally {
    context.signal.removeEventListener('abort', cancel);
    await engine.close();
  }
}

async function openPatiently(
  context: Context,
  project: Project,
  flags: Flags,
  options: { readonly readOnly?: boolean },
): Promise<Engine> {
  const { ifBusy, waitSeconds } = readPatience(flags, options.readOnly === true);
  const target = describeTarget(context, project, flags, options);
  const { openWhenFree } = await import('../../runtime/engine/open-when-free.ts');
  const { output, signal, clock } = context;
  const onWait = ({ message }: Error) => {
    if (flags.events) output.out(formatJsonLine({ event: 'waiting', at: clock(), message }));
    else output.err(`${output.errColours.yellow('waiting'.padEnd(8))} ${message}\n`);
  };
  try {
    return await openWhenFree(target, { seconds: waitSeconds, signal, onWait });
  } catch (error) {
    if (ifBusy !== 'skip' || !isBusy(error)) throw error;
    throw new CommandFailure(exitCode.part, `nothing was done: ${error.message}`, [
      'a DuckDB file is open in one process at a time, so nothing can be done beside it',
    ]);
  }
}

function isBusy(error: unknown): error is Error {
  return error instanceof Error && (error as { readonly kind?: unknown }).kind === 'busy';
}
