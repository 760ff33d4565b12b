import type { Manifest } from './manifest-types.ts';

/** The manifest as JSON text, byte-equal for equal projects: the order of its keys is the order of its types, and a last line break. */
export function serializeManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 1)}\n`;
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
