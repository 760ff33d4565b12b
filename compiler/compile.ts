import { buildManifest } from './build-manifest.ts';
import { checkReferences } from './definition/check-references.ts';
import { define } from './definition/define.ts';
import type { Definitions } from './definition/definitions.ts';
import { type Diagnostic, hasErrors } from './diagnostic/diagnostic.ts';
import { sortDiagnostics } from './diagnostic/sort-diagnostics.ts';
import { resolve } from './graph/resolve.ts';
import type { Manifest } from './manifest-types.ts';
import { planProject } from './plan/plan-project.ts';
import { validate } from './schema/validate.ts';
import { parseYaml } from './source/parse-yaml.ts';
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
 * Files → documents → definitions → graph → plans → manifest. A stage that reports errors is the last, but for what nothing uses. Pure: the same files give the same bytes, whatever the folder,
 * the locale or the clock. The parser must have been loaded.
 */
export function compileFiles(files: readonly SourceFile[]): Compilation {
  const { manifest, diagnostics } = compileWithDefinitions(files);
  return { ...(manifest ? { manifest } : {}), diagnostics, files };
}

/** The same, with the definitions. Of the files in `sound` it is known that their shapes are right. */
export function compileWithDefinitions(
  files: readonly SourceFile[],
  sound: ReadonlySet<string> = new Set(),
): { readonly manifest?: Manifest; readonly definitions?: Definitions; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  // What is not computed may only be so because of an error: it is said when there is none.
  const stop = () => ({
    diagnostics: sortDiagnostics(diagnostics.filter((one) => one.severity === 'error' || one.code !== 'E1901')),
  });

  const definitions = defineFiles(files, sound, diagnostics);
  if (!definitions) return stop();

  const templates = createTemplates({ partials: partialsOf(files), vars: definitions.project.vars });
  diagnostics.push(...templates.diagnostics);
  const resolved = resolve(definitions, templates);
  diagnostics.push(...resolved.diagnostics);
  if (!resolved.graph || isEnd(diagnostics)) return stop();

  const { plan, diagnostics: planDiagnostics } = planProject(resolved.graph, templates);
  diagnostics.push(...planDiagnostics);
  if (hasErrors(diagnostics)) return stop();

  const warnings = sortDiagnostics(diagnostics);
  return {
    manifest: buildManifest(resolved.graph, plan, warnings, version),
    definitions,
    diagnostics: warnings,
  };
}

/** By itself, so that the documents are gone before the plans are made: of 10,000 definitions both would not fit into 400 MB. */
function defineFiles(
  files: readonly SourceFile[],
  sound: ReadonlySet<string>,
  diagnostics: Diagnostic[],
): Definitions | undefined {
  const documents = parseDocuments(files, sound, diagnostics);
  if (hasErrors(diagnostics)) return undefined;
  const defined = define(documents, files);
  diagnostics.push(...defined.diagnostics);
  if (!defined.definitions || isEnd(diagnostics)) return undefined;
  // Beside the files that have changed stand those of what they name, and not of all that the others name.
  const unsound = documents.filter(({ path }) => !sound.has(path));
  diagnostics.push(...checkReferences(unsound, defined.definitions));
  return isEnd(diagnostics) ? undefined : defined.definitions;
}

/** What nothing uses may be so because its user misspelt it: that is found further on, and told beside it. */
function isEnd(diagnostics: readonly Diagnostic[]): boolean {
  return hasErrors(diagnostics.filter(({ code }) => code !== 'E1307'));
}

function parseDocuments(
  files: readonly SourceFile[],
  sound: ReadonlySet<string>,
  diagnostics: Diagnostic[],
): Document[] {
  return files.flatMap((file) => {
    if (!file.path.endsWith('.yml')) return [];
    const { root, diagnostics: parse } = parseYaml(file);
    diagnostics.push(...parse);
    if (!root || hasErrors(parse)) return [];
    const { document, diagnostics: shape } = validate(file.path, root, sound.has(file.path));
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
