import { readFileSync, realpathSync } from 'node:fs';
import { basename, relative, resolve, sep } from 'node:path';
import { type Compilation, compileFiles, type ManifestSegment } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printDiagnostics } from '../output/print-diagnostics.ts';
import { compileFolder, type Project, requireManifest } from '../project/load-project.ts';

/** The project with the segments of one more file, which need not be committed or stand in it; `-`: standard input. */
export async function loadPreview(
  context: Context,
  flags: Flags,
  file: string,
): Promise<{ readonly project: Project; readonly segments: readonly ManifestSegment[] }> {
  const compiled = await compileFolder(context, flags);
  const text = readText(context, file);
  const path = placeOf(compiled.folder, context, file);
  const files = [...compiled.files.filter((one) => one.path !== path), { kind: 'source-file' as const, path, text }];
  const shown = file === '-' ? 'standard input' : file;
  const preview = { ...callBy(compileFiles(files), path, shown), folder: compiled.folder };
  const { manifest: _, ...withoutManifest } = preview;
  printDiagnostics(context.output, preview.diagnostics, preview.files);
  const project = requireManifest(
    preview.manifest ? { ...withoutManifest, manifest: preview.manifest } : withoutManifest,
  );
  const segments = project.manifest.segments.filter((segment) => segment.path === path && segment.computed);
  if (segments.length === 0)
    throw new CommandFailure(exitCode.usage, `\`${file}\` holds no segment that could be shown`, [
      'write it as in segments/: `segments: {name: {entity: user, where: …}}`',
    ]);
  return { project, segments };
}

/** What is said of a file names it as whoever asks does: where it is read as if it stood there is nothing. */
function callBy({ diagnostics, files, ...rest }: Compilation, path: string, shown: string): Compilation {
  const rename = (text: string): string => text.replaceAll(path, shown);
  return {
    ...rest,
    diagnostics: diagnostics.map((one) => ({
      ...one,
      message: rename(one.message),
      hints: one.hints.map(rename),
      ...(one.span?.file === path ? { span: { ...one.span, file: shown } } : {}),
    })),
    files: files.map((one) => (one.path === path ? { ...one, path: shown } : one)),
  };
}

function readText(context: Context, file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : resolve(context.cwd, file), 'utf8');
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'there is no such file'
        : 'it cannot be read';
    throw new CommandFailure(exitCode.usage, `\`${file}\`: ${why}`);
  }
}

/** A file of the project keeps its place, so that it takes the place of what is compiled; any other one is read as if it stood in segments/. */
function placeOf(folder: string, context: Context, file: string): string {
  if (file === '-') return 'segments/preview/standard-input.yml';
  const inside = relative(folder, realpathSync(resolve(context.cwd, file)))
    .split(sep)
    .join('/');
  return inside.startsWith('segments/') ? inside : `segments/preview/${basename(file).replace(/(\.ya?ml)?$/, '.yml')}`;
}
