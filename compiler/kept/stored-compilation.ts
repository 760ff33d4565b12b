import { createHash, hash } from 'node:crypto';
import type { SourceFile } from '../source/source-file.ts';
import type { DefinitionIndex } from './definition-index.ts';
import { type ManifestBytes, manifestLists, mapLists } from './manifest-bytes.ts';

/** A compilation without errors, as it is kept between calls. */
export interface StoredCompilation {
  /** The texts that it was compiled from, by path, as `hashFiles` makes them. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly index: DefinitionIndex;
  readonly manifest: ManifestBytes;
}

/** What stands in the second line. The pieces of the manifest follow the index, and this says how long they are. */
interface Facts {
  readonly key: string;
  readonly paths: readonly string[];
  readonly hashes: readonly string[];
  readonly head: number;
  readonly lists: readonly { readonly length: number; readonly count: number }[];
}

const mark = 'etalon-compilation 1';

/** The text alone counts, never a file's time: two edits in one second are two edits. */
export function hashFiles(files: readonly SourceFile[]): Map<string, string> {
  return new Map(files.map(({ path, text }) => [path, hash('sha256', text, 'base64')]));
}

/** A line with the hash of the rest, the facts, the index, the manifest. In parts that follow one another. */
export function encodeStored({ hashes, index, manifest }: StoredCompilation, key: string): readonly Buffer[] {
  const { head, lists } = manifest;
  const facts: Facts = {
    key,
    paths: [...hashes.keys()],
    hashes: [...hashes.values()],
    head: head.length,
    lists: manifestLists.map((list) => ({ length: lists[list].bytes.length, count: lists[list].count })),
  };
  const parts = [
    Buffer.from(`${JSON.stringify(facts)}\n${JSON.stringify(index)}\n`),
    head,
    ...manifestLists.map((list) => lists[list].bytes),
  ];
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return [Buffer.from(`${mark} ${sum.digest('hex')}\n`), ...parts];
}

/** Undefined where the bytes are not whole, or were written under another key. */
export function decodeStored(bytes: Buffer, key: string): StoredCompilation | undefined {
  const begin = bytes.indexOf(10) + 1;
  const body = bytes.subarray(begin);
  if (bytes.toString('latin1', 0, begin) !== `${mark} ${hash('sha256', body)}\n`) return undefined;
  const factsEnd = body.indexOf(10);
  const facts = JSON.parse(body.toString('utf8', 0, factsEnd)) as Facts;
  if (facts.key !== key) return undefined;
  const indexEnd = body.indexOf(10, factsEnd + 1);
  let rest = body.subarray(indexEnd + 1);
  const take = (length: number) => {
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
  const head = take(facts.head);
  const lists = mapLists((list) => {
    const { length, count } = facts.lists[manifestLists.indexOf(list)]!;
    return { bytes: take(length), count };
  });
  let index: DefinitionIndex | undefined;
  return {
    hashes: new Map(facts.paths.map((path, i) => [path, facts.hashes[i]!])),
    get index() {
      index ??= JSON.parse(body.toString('utf8', factsEnd + 1, indexEnd)) as DefinitionIndex;
      return index;
    },
    manifest: { head, lists },
  };
}
