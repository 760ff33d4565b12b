import type { Manifest } from '../manifest-types.ts';
import { type ManifestList, manifestLists } from './encode-manifest.ts';

const texts = new WeakMap<Manifest, Uint8Array>();

export function keepManifestBytes(manifest: Manifest, bytes: Uint8Array): void {
  texts.set(manifest, bytes);
}

/** The bytes that `openManifest` was given for this manifest, or that were kept with it: so that what was not changed is not written anew. */
export function findManifestBytes(manifest: Manifest): Uint8Array | undefined {
  return texts.get(manifest);
}

/** Where the lines of a list stand in the bytes: after `"models":[`, before its `]`. */
export function findListBytes(bytes: Buffer, list: ManifestList): Buffer {
  const opening = `\n"${list}":[`;
  const at = bytes.indexOf(opening);
  const end = bytes.indexOf('\n]', at + opening.length);
  if (at < 0 || end < 0) throw new Error(`the stored manifest has no list \`${list}\``);
  return bytes.subarray(at + opening.length, end);
}

/** The text before the first list. */
export function findHead(bytes: Buffer): string {
  return bytes.toString('utf8', 0, bytes.indexOf(`,\n"${manifestLists[0]}":[`));
}

/**
 * The manifest that `joinManifest` wrote. A list is read when it is first asked for: of 10,000 definitions that takes 0.2 s, and a call that finds nothing changed needs
 * none or one of them.
 */
export function openManifest(bytes: Buffer): Manifest {
  const head = JSON.parse(`${findHead(bytes)}}`) as Pick<Manifest, 'manifest' | 'etalon' | 'project'>;
  const manifest = { ...head };
  for (const list of manifestLists) {
    let entries: unknown[] | undefined;
    const get = () => {
      entries ??= JSON.parse(`[${findListBytes(bytes, list).toString('utf8')}]`) as unknown[];
      return entries;
    };
    Object.defineProperty(manifest, list, { enumerable: true, get });
  }
  keepManifestBytes(manifest as Manifest, bytes);
  return manifest as Manifest;
}
