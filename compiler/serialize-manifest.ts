import { encodePieces, joinPieces } from './kept/manifest-bytes.ts';
import { findManifestBytes } from './kept/open-manifest.ts';
import type { Manifest } from './manifest-types.ts';

/**
 * The manifest as JSON text in UTF-8, byte-equal for equal projects: a line for each definition, the order of keys that of the types, and a last line break. In parts that
 * follow one another; costs nothing where the manifest was kept between calls.
 */
export function encodeManifest(manifest: Manifest): readonly Uint8Array[] {
  return joinPieces(findManifestBytes(manifest) ?? encodePieces(manifest));
}

/** `encodeManifest` as text. */
export function serializeManifest(manifest: Manifest): string {
  return Buffer.concat(encodeManifest(manifest)).toString('utf8');
}

/** Reads what `serializeManifest` wrote; undefined where the text is no manifest of this version. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Manifest;
    return value.manifest === 1 ? value : undefined;
  } catch {
    return undefined;
  }
}
