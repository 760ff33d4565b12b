import { buildManifest } from './build-manifest.ts';
import { define } from './definition/define.ts';
import { type Diagnostic, hasErrors } from './diagnostic/diagnostic.ts';
import { loadParser } from './expression/parser.ts';
import { resolve } from './graph/resolve.ts';
import type { Manifest } from './manifest-types.ts';
import { planProject } from './plan/plan-project.ts';
import { validate } from './schema/validate.ts';
import { parseYaml } from './source/parse-yaml.ts';
import { readProject } from './source/read-project.ts';
import type { Document, SourceFile } from './source/source-file.ts';
import { createTemplates } from './template/templates.ts';
import { version } from './version.ts';

/** What compiling came to. `manifest` is absent where there are errors; `files` serve the code frames of `diagnostics`. */
export interface Compilation {
  readonly manifest?: Manifest;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly SourceFile[];
}

/**
 * Compiles the project in a folder.
 *
 * @example
 * const { manifest, diagnostics, files } = await compileProject('/home/ann/shop')
 */
export async function compileProject(folder: string): Promise<Compilation> {
  await loadParser();
  const { files, diagnostics } = readProject(folder);
  if (hasErrors(diagnostics)) return { diagnostics, files };
  const compiled = compileFiles(files);
  return { ...compiled, diagnostics: sortDiagnostics([...diagnostics, ...compiled.diagnostics]) };
}

/**
 * Files → documents → definitions → graph → plans → manifest. A stage that reports errors is the last. Pure: the same files give the same bytes, whatever the folder,
 * the locale or the clock. The parser must have been loaded.
 */
export function compileFiles(files: readonly SourceFile[]): Compilation {
  const diagnostics: Diagnostic[] = [];
  const stop = (): Compilation => ({ diagnostics: sortDiagnostics(diagnostics), files });

  const documents = parseDocuments(files, diagnostics);
  if (hasErrors(diagnostics)) return stop();

  const defined = define(documents, files);
  diagnostics.push(...defined.diagnostics);
  if (!defined.definitions || hasErrors(diagnostics)) return stop();

  const templates = createTemplates({ partials: partialsOf(files), vars: defined.definitions.project.vars });
  diagnostics.push(...templates.diagnostics);
  const resolved = resolve(defined.definitions, templates);
  diagnostics.push(...resolved.diagnostics);
  if (!resolved.graph || hasErrors(diagnostics)) return stop();

  const { plan, diagnostics: planDiagnostics } = planProject(resolved.graph, templates);
  diagnostics.push(...planDiagnostics);
  if (hasErrors(diagnostics)) return stop();

  const warnings = sortDiagnostics(diagnostics);
  return { manifest: buildManifest(resolved.graph, plan, warnings, version), diagnostics: warnings, files };
}

function parseDocuments(files: readonly SourceFile[], diagnostics: Diagnostic[]): Document[] {
  return files.flatMap((file) => {
    if (!file.path.endsWith('.yml')) return [];
    const { root, diagnostics: parse } = parseYaml(file);
    diagnostics.push(...parse);
    if (!root || hasErrors(parse)) return [];
    const { document, diagnostics: shape } = validate(file.path, root);
    diagnostics.push(...shape);
    return document ?? [];
  });
}

function partialsOf(files: readonly SourceFile[]): Record<string, SourceFile> {
  const partials = files.filter((file) => file.path.startsWith('models/_partials/') && file.path.endsWith('.hbs'));
  return Object.fromEntries(
    partials.map((file) => [file.path.slice('models/_partials/'.length, -'.hbs'.length), file]),
  );
}

/** By file and place, errors and warnings together; each once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = (d: Diagnostic) => JSON.stringify([d.code, d.message, d.span]);
  const unique = [...new Map(diagnostics.map((d) => [key(d), d])).values()];
  const place = (d: Diagnostic): readonly [string, number] => [d.span?.file ?? '', d.span?.start.offset ?? -1];
  return unique.sort((a, b) => {
    const [fileA, offsetA] = place(a);
    const [fileB, offsetB] = place(b);
    return fileA < fileB ? -1 : fileA > fileB ? 1 : offsetA - offsetB;
  });
}
