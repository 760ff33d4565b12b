import { hash } from 'node:crypto';
import type { SourceFile } from '../source/source-file.ts';
import type { DefinitionIndex } from './definition-index.ts';

/** A compilation without errors, as it is kept between calls. */
export interface StoredCompilation {
  /** The texts that it was compiled from, by path, as `hashText` makes them. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly index: DefinitionIndex;
  /** As `joinManifest` writes it. */
  readonly manifest: Buffer;
}

const mark = 'etalon-compilation 1';

/** The text alone counts, never a file's time: two edits in one second are two edits. */
export function hashFiles(files: readonly SourceFile[]): Map<string, string> {
  return new Map(files.map(({ path, text }) => [path, hash('sha256', text, 'base64')]));
}

/** A line with the hash of the rest, the key with the files, the index, the manifest. */
export function encodeStored({ hashes, index, manifest }: StoredCompilation, key: string): Buffer {
  const facts = JSON.stringify({ key, paths: [...hashes.keys()], hashes: [...hashes.values()] });
  const body = Buffer.concat([Buffer.from(`${facts}\n${JSON.stringify(index)}\n`), manifest]);
  return Buffer.concat([Buffer.from(`${mark} ${hash('sha256', body)}\n`), body]);
}

/** Undefined where the bytes are not whole, or were written under another key. */
export function decodeStored(bytes: Buffer, key: string): StoredCompilation | undefined {
  const begin = bytes.indexOf('\n') + 1;
  const body = bytes.subarray(begin);
  if (bytes.toString('latin1', 0, begin) !== `${mark} ${hash('sha256', body)}\n`) return undefined;
  const factsEnd = body.indexOf('\n');
  const facts = JSON.parse(body.toString('utf8', 0, factsEnd)) as { key: string; paths: string[]; hashes: string[] };
  if (facts.key !== key) return undefined;
  const indexEnd = body.indexOf('\n', factsEnd + 1);
  let index: DefinitionIndex | undefined;
  return {
    hashes: new Map(facts.paths.map((path, i) => [path, facts.hashes[i]!])),
    get index() {
      index ??= JSON.parse(body.toString('utf8', factsEnd + 1, indexEnd)) as DefinitionIndex;
      return index;
    },
    manifest: body.subarray(indexEnd + 1),
  };
}
