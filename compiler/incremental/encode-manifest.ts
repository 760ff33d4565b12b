import type { Manifest } from '../manifest-types.ts';

/** The lists of a manifest, in the order of its type. */
export const manifestLists = ['models', 'metrics', 'activities', 'cohorts', 'segments', 'tests', 'warnings'] as const;
export type ManifestList = (typeof manifestLists)[number];

/** A manifest as JSON text in pieces: what stands before the lists, and each entry of each list. */
export interface ManifestPieces {
  readonly head: string;
  readonly lists: Readonly<Record<ManifestList, readonly string[]>>;
}

export function cutManifest(manifest: Manifest): ManifestPieces {
  const lists = Object.fromEntries(
    manifestLists.map((list) => [list, manifest[list].map((entry) => JSON.stringify(entry))]),
  ) as Record<ManifestList, string[]>;
  return { head: cutHead(manifest), lists };
}

export function cutHead({ manifest, etalon, project }: Pick<Manifest, 'manifest' | 'etalon' | 'project'>): string {
  return `{"manifest":${manifest},\n"etalon":${JSON.stringify(etalon)},\n"project":${JSON.stringify(project)}`;
}

/**
 * One line for each entry: a diff shows the definitions that changed, and a reader finds one without reading the others. A line break cannot stand inside JSON text,
 * so that lines are all that is needed to take it apart.
 */
export function joinManifest({ head, lists }: ManifestPieces): string {
  const parts = manifestLists.map((list) => `"${list}":[${lists[list].map((entry) => `\n${entry}`).join(',')}\n]`);
  return `${[head, ...parts].join(',\n')}}\n`;
}
