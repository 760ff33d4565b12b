import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { diagnosticToJson } from '../../compiler/diagnostic/render-diagnostic.ts';
import type { Diagnostic, Manifest, SourceFile } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printDiagnostics } from '../output/print-diagnostics.ts';
import { openCompileCache } from './compile-cache.ts';
import { findProjectFolder } from './find-project.ts';
import { hideSecrets } from './hide-secrets.ts';

export interface CompiledFolder {
  /** Absolute. */
  readonly folder: string;
  /** Absent where the definitions have errors. */
  readonly manifest?: Manifest;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly SourceFile[];
}

export interface Project extends CompiledFolder {
  readonly manifest: Manifest;
}

/** The folder that `--project` names or that the current one stands in. */
export function resolveProjectFolder(context: Context, flags: Flags): string {
  const asked = flags.project as string | undefined;
  if (asked === undefined) {
    const found = findProjectFolder(context.cwd);
    if (found !== undefined) return realpathSync(found);
    throw new CommandFailure(exitCode.usage, 'no project.yml here or in any folder above', [
      'go to a project, name one with `--project <folder>`, or start one with `etalon init <folder>`',
    ]);
  }
  const folder = resolve(context.cwd, asked);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CommandFailure(exitCode.usage, `\`--project ${asked}\`: there is no such folder`);
  }
  if (!existsSync(resolve(folder, 'project.yml'))) {
    throw new CommandFailure(exitCode.usage, `\`--project ${asked}\`: the folder holds no project.yml`);
  }
  return realpathSync(folder);
}

/** Compiles without printing, and no more of it than has changed since the last call. */
export async function checkFolder(context: Context, flags: Flags): Promise<CompiledFolder> {
  const folder = resolveProjectFolder(context, flags);
  const { compileProject } = await import('../../compiler/compile-project.ts');
  const compiled = await compileProject(folder, openCompileCache(folder));
  if (compiled.manifest) hideSecrets(context, compiled.manifest.project);
  return { folder, ...compiled };
}

/** `checkFolder` for those who go on to plan: where nothing has changed, compiling did not need the parser. */
export async function compileFolder(context: Context, flags: Flags): Promise<CompiledFolder> {
  const compiled = await checkFolder(context, flags);
  const { loadParser } = await import('../../compiler/index.ts');
  await loadParser();
  return compiled;
}

/**
 * Compiles and prints what the compiler has to say.
 * @throws CommandFailure where the definitions have errors
 */
export async function loadProject(context: Context, flags: Flags): Promise<Project> {
  const compiled = await compileFolder(context, flags);
  printDiagnostics(context.output, compiled.diagnostics, compiled.files);
  return requireManifest(compiled);
}

export function requireManifest(compiled: CompiledFolder): Project {
  const { manifest } = compiled;
  if (manifest) return { ...compiled, manifest };
  const told = compiled.diagnostics.map(diagnosticToJson);
  throw new CommandFailure(exitCode.failed, 'the project does not compile', [], told);
}
