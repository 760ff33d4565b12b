import { cutManifest, joinManifest } from './incremental/encode-manifest.ts';
import { findManifestBytes } from './incremental/open-manifest.ts';
import type { Manifest } from './manifest-types.ts';

/**
 * The manifest as JSON text in UTF-8, byte-equal for equal projects: a line for each definition, the order of keys that of the types, and a last line break. Costs nothing
 * where the manifest was kept between calls.
 */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return findManifestBytes(manifest) ?? Buffer.from(joinManifest(cutManifest(manifest)));
}

/** `encodeManifest` as text. */
export function serializeManifest(manifest: Manifest): string {
  return new TextDecoder().decode(encodeManifest(manifest));
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
