import { type Compilation, compileFiles, compileWithDefinitions } from './compile.ts';
import type { ProjectTestRule } from './definition/data-test.ts';
import type { Definitions } from './definition/definitions.ts';
import { loadParser } from './expression/parser.ts';
import { buildIndex, type DefinitionIndex } from './kept/definition-index.ts';
import { findReach } from './kept/find-reach.ts';
import { encodePieces, type ManifestBytes } from './kept/manifest-bytes.ts';
import { keepManifestBytes, openManifest } from './kept/open-manifest.ts';
import { spliceManifest } from './kept/splice-manifest.ts';
import { encodeStored, type StoredCompilation } from './kept/stored-compilation.ts';
import type { Manifest } from './manifest-types.ts';
import type { SourceFile } from './source/source-file.ts';

export { compileFiles, loadParser };

/** A compilation, and what to keep of it; nothing where there were errors. */
export interface KeptCompilation {
  readonly compilation: Compilation;
  readonly bytes?: readonly Buffer[];
  /** How many files were compiled for it. */
  readonly compiled: number;
}

/**
 * Compiles what has changed since `stored`, or everything. Errors are always those of a whole compilation: a partial one that meets any is thrown away.
 */
export function compileKept(
  files: readonly SourceFile[],
  hashes: ReadonlyMap<string, string>,
  before: StoredCompilation | undefined,
  key: string,
): KeptCompilation {
  const kept = before && compileChanged(files, hashes, before);
  if (kept) {
    const manifest = openManifest(kept.manifest);
    const compilation = { manifest, diagnostics: manifest.warnings, files };
    return { compilation, bytes: encodeStored({ hashes, ...kept }, key), compiled: kept.compiled };
  }
  const { manifest, definitions, diagnostics } = compileWithDefinitions(files);
  if (!manifest || !definitions) return { compilation: { diagnostics, files }, compiled: files.length };
  const bytes = encodePieces(manifest);
  keepManifestBytes(manifest, bytes);
  const index = indexOf(manifest, definitions, files);
  const stored = encodeStored({ hashes, index, manifest: bytes }, key);
  return { compilation: { manifest, diagnostics, files }, bytes: stored, compiled: files.length };
}

function compileChanged(
  files: readonly SourceFile[],
  hashes: ReadonlyMap<string, string>,
  stored: StoredCompilation,
): { readonly manifest: ManifestBytes; readonly index: DefinitionIndex; readonly compiled: number } | undefined {
  // A file that came or went may change what any name means.
  if (files.length !== stored.hashes.size || !files.every(({ path }) => stored.hashes.has(path))) return undefined;
  const changed = files.filter(({ path }) => stored.hashes.get(path) !== hashes.get(path));
  const reach = findReach(stored.index, changed);
  if (!reach) return undefined;
  const some = files.filter(({ path }) => reach.files.has(path));
  const sound = new Set(some.map(({ path }) => path));
  for (const { path } of changed) sound.delete(path);
  const { manifest, definitions } = compileWithDefinitions(some, sound);
  if (!manifest || !definitions) return undefined;
  const spliced = spliceManifest(stored, { manifest, index: indexOf(manifest, definitions, some) }, reach);
  return spliced && { ...spliced, compiled: some.length };
}

function indexOf(manifest: Manifest, definitions: Definitions, files: readonly SourceFile[]): DefinitionIndex {
  const sqlFiles = new Map<string, readonly string[]>();
  for (const { name, tests } of definitions.models)
    sqlFiles.set(
      name,
      tests.flatMap(({ test }) => (test.rule === 'sql' ? [test.sql.span.file] : [])),
    );
  for (const { name, test } of definitions.tests) sqlFiles.set(`test ${name}`, filesOf(test));
  return buildIndex(
    manifest,
    sqlFiles,
    files.map(({ path }) => path),
  );
}

function filesOf(test: ProjectTestRule): readonly string[] {
  if (test.rule === 'sql') return [test.sql.span.file];
  return [test.left, test.right].flatMap((side) => ('file' in side ? [side.file.path] : []));
}
