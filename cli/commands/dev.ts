import { join, sep } from 'node:path';
import { watch } from 'chokidar';
import type { SiteServer } from '../../docs-site/index.ts';
import type { Command, Context, Flags } from '../context.ts';
import { buildDictionary, buildDictionaryFromTarget } from '../dictionary/build-dictionary.ts';
import { chooseFolder } from '../dictionary/choose-folder.ts';
import { OverrideFailure } from '../dictionary/override-failure.ts';
import { exitCode } from '../exit-code.ts';
import { formatSeconds } from '../output/format-quantity.ts';
import { createOutput } from '../output/output.ts';
import { printDiagnostics } from '../output/print-diagnostics.ts';
import { compileFolder, type Project, requireManifest, resolveProjectFolder } from '../project/load-project.ts';
import { withTarget } from '../project/open-target.ts';
import { createCycle } from '../run/create-cycle.ts';
import { executeRun } from '../run/execute-run.ts';
import { readProjectExamples } from '../run/run-project-examples.ts';
import { startServer } from '../run/start-server.ts';
import { formatModels, formatTests, totalRun } from '../run/summarise-run.ts';
import { waitForAbort } from '../run/wait-for-abort.ts';

/** What the compiler and the dictionary read, and what does not end up in the target by another way. */
const watched = [
  'project.yml',
  'models',
  'metrics',
  'segments',
  'tests/data',
  'controls',
  'docs/pages',
  'site',
  'lists',
];
/** Editors write in several steps; so long must it be quiet. */
const quiet = 120;

export const dev: Command = async (context, _words, flags) => {
  const folder = resolveProjectFolder(context, flags);
  const server = await startServer(chooseFolder(context, { folder }, flags), flags, { live: true });
  context.output.out(`${server.url}  (Ctrl-C ends)\n`);
  const made = ['target', 'node_modules', '.git'].map((name) => join(folder, name));
  const watcher = watch(
    watched.map((path) => join(folder, path)),
    // What a rebuild writes must not ask for the next one.
    { ignoreInitial: true, ignored: (path) => made.some((own) => path === own || path.startsWith(own + sep)) },
  );
  const cycle = createCycle(async () => {
    const project = await rebuild(context, flags, server);
    if (project) watcher.add(listSourceFolders(project));
  });
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(cycle.request, quiet);
  });
  cycle.request();
  await waitForAbort(context.signal);
  clearTimeout(timer);
  await watcher.close();
  await cycle.settled();
  await server.close();
  return exitCode.done;
};

/** Where new files of a source would appear: the part of its pattern before the first wildcard. */
function listSourceFolders({ folder, manifest }: Project): string[] {
  const patterns = manifest.models.flatMap((model) => model.source?.pattern ?? []);
  return [...new Set(patterns.map((pattern) => join(folder, /^[^*?[{]*(?=\/|$)/.exec(pattern)?.[0] ?? '')))];
}

/** Whatever goes wrong is shown, in the terminal and in the browser, and the next change tries again. */
async function rebuild(context: Context, flags: Flags, server: SiteServer): Promise<Project | undefined> {
  const since = context.stopwatch();
  try {
    const compiled = await compileFolder(context, flags);
    printDiagnostics(context.output, compiled.diagnostics, compiled.files);
    if (!compiled.manifest) {
      server.showProblem(drawPlain(context, compiled));
      return undefined;
    }
    const project = requireManifest(compiled);
    const summary = await refresh(context, project, flags);
    server.showProblem(undefined);
    server.reload();
    context.output.err(`${summary}, in ${formatSeconds(context.stopwatch() - since)}\n`);
    return project;
  } catch (error) {
    if (context.signal.aborted) return undefined;
    const message = error instanceof Error ? error.message : String(error);
    context.output.err(`${context.output.errColours.red('error')}: ${message}\n`);
    server.showProblem(context.output.redact(error instanceof OverrideFailure ? error.drawing : message));
    return undefined;
  }
}

async function refresh(context: Context, project: Project, flags: Flags): Promise<string> {
  if (flags.run === false) {
    const { written } = await buildDictionaryFromTarget(context, project, flags);
    return `${written} files changed`;
  }
  return withTarget(context, project, flags, async (engine) => {
    const result = await executeRun(context, project, flags, engine, { command: 'dev' });
    const examples = await readProjectExamples(context, project);
    const { written } = await buildDictionary(context, project, flags, { engine, examples });
    const totals = totalRun(result);
    const { errColours } = context.output;
    return `models ${formatModels(totals, errColours)}; tests ${formatTests(totals, errColours)}; ${written} files changed`;
  });
}

/** The diagnostics as the terminal has them, without colour. */
function drawPlain(context: Context, compiled: Parameters<typeof requireManifest>[0]): string {
  const parts: string[] = [];
  const collect = { write: (part: string) => parts.push(part) > 0 };
  const output = createOutput(collect, collect, { NO_COLOR: '1' });
  printDiagnostics(output, compiled.diagnostics, compiled.files);
  return context.output.redact(parts.join(''));
}
