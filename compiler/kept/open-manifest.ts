import type { Manifest } from '../manifest-types.ts';
import { decodeHead, decodeList, type ManifestBytes, type ManifestList, manifestLists } from './manifest-bytes.ts';

const known = new WeakMap<Manifest, ManifestBytes>();

/** Remembers how a manifest is written, so that it is not written anew. */
export function keepManifestBytes(manifest: Manifest, bytes: ManifestBytes): void {
  known.set(manifest, bytes);
}

export function findManifestBytes(manifest: Manifest): ManifestBytes | undefined {
  return known.get(manifest);
}

/** How many entries a list has, without reading it. */
export function countEntries(manifest: Manifest, list: ManifestList): number {
  return known.get(manifest)?.lists[list].count ?? manifest[list].length;
}

/** Models that somebody wrote, and not those that are made for them, without reading them all. */
export function countWritten(manifest: Manifest): number {
  const list = known.get(manifest)?.lists.models;
  if (list === undefined) return manifest.models.filter(({ generated }) => generated === undefined).length;
  let made = 0;
  // Within a text of JSON the quotes would be escaped.
  for (let at = list.bytes.indexOf(madeKey); at >= 0; at = list.bytes.indexOf(madeKey, at + 1)) made += 1;
  return list.count - made;
}

const madeKey = '"generated":{"of":';

/**
 * A manifest from its bytes. A list is read when it is first asked for: of 10,000 definitions that takes 0.2 s, and a call that finds nothing changed needs none or one of
 * them.
 */
export function openManifest(bytes: ManifestBytes): Manifest {
  const manifest = { ...decodeHead(bytes.head) };
  for (const list of manifestLists) {
    let entries: unknown[] | undefined;
    const get = () => {
      entries ??= decodeList(bytes.lists[list]);
      return entries;
    };
    Object.defineProperty(manifest, list, { enumerable: true, get });
  }
  keepManifestBytes(manifest as Manifest, bytes);
  return manifest as Manifest;
}
