import type { Compilation } from './compile.ts';
import { hasErrors } from './diagnostic/diagnostic.ts';
import { sortDiagnostics } from './diagnostic/sort-diagnostics.ts';
import { openManifest } from './kept/open-manifest.ts';
import { decodeStored, hashFiles, type StoredCompilation } from './kept/stored-compilation.ts';
import { readProject } from './source/read-project.ts';

/** Where a compilation is kept between calls. Neither function throws: what cannot be read or written is not there. */
export interface CompileCache {
  /** Names all that bears on a compilation besides the files: the code of Etalon, Node. */
  readonly key: string;
  read(): Uint8Array | undefined;
  /** Parts that follow one another. */
  write(parts: readonly Uint8Array[]): void;
}

/**
 * Compiles the project in a folder. With a cache the outcome is the same, byte for byte; only what has changed is compiled, and where nothing has, not even the compiler is
 * loaded.
 *
 * @example
 * const { manifest, diagnostics, files } = await compileProject('/home/ann/shop')
 */
export async function compileProject(folder: string, cache?: CompileCache): Promise<Compilation> {
  const { files, diagnostics } = readProject(folder);
  if (hasErrors(diagnostics)) return { diagnostics, files };
  const finish = (compiled: Compilation) => ({
    ...compiled,
    diagnostics: sortDiagnostics([...diagnostics, ...compiled.diagnostics]),
  });
  const hashes = cache && hashFiles(files);
  const stored = cache && readStored(cache);
  if (stored && hashes && areEqual(stored.hashes, hashes)) {
    const manifest = openManifest(stored.manifest);
    return finish({ manifest, diagnostics: manifest.warnings, files });
  }
  const { compileFiles, compileKept, loadParser } = await import('./compile-kept.ts');
  await loadParser();
  if (!cache || !hashes) return finish(compileFiles(files));
  const { compilation, bytes } = compileKept(files, hashes, stored, cache.key);
  if (bytes) cache.write(bytes);
  return finish(compilation);
}

function readStored(cache: CompileCache): StoredCompilation | undefined {
  const bytes = cache.read();
  return bytes && decodeStored(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), cache.key);
}

function areEqual(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [path, hash] of b) if (a.get(path) !== hash) return false;
  return true;
}
