import type { Manifest } from '../manifest-types.ts';

/** The lists of a manifest, in the order of its type. */
export const manifestLists = ['models', 'metrics', 'activities', 'cohorts', 'segments', 'tests', 'warnings'] as const;
export type ManifestList = (typeof manifestLists)[number];

/** The entries of a list as JSON in UTF-8, each after a line break, a comma between them. */
export interface ListBytes {
  readonly bytes: Buffer;
  readonly count: number;
}

/**
 * A manifest as JSON text in UTF-8, in pieces. A line for each entry: a diff shows the definitions that changed, and a reader finds one without reading the others. A line
 * break cannot stand inside JSON text, so that lines are all that is needed to take a list apart.
 */
export interface ManifestBytes {
  /** What stands before the lists. */
  readonly head: Buffer;
  readonly lists: Readonly<Record<ManifestList, ListBytes>>;
}

type Head = Pick<Manifest, 'manifest' | 'etalon' | 'project'>;

export function encodeHead({ manifest, etalon, project }: Head): Buffer {
  return Buffer.from(
    `{"manifest":${manifest},\n"etalon":${JSON.stringify(etalon)},\n"project":${JSON.stringify(project)}`,
  );
}

export function encodeList(entries: readonly unknown[]): ListBytes {
  const lines = entries.map((entry) => `\n${JSON.stringify(entry)}`);
  return { bytes: Buffer.from(lines.join(',')), count: entries.length };
}

export function encodePieces(manifest: Manifest): ManifestBytes {
  return { head: encodeHead(manifest), lists: mapLists((list) => encodeList(manifest[list])) };
}

export function mapLists<T>(make: (list: ManifestList) => T): Record<ManifestList, T> {
  return Object.fromEntries(manifestLists.map((list) => [list, make(list)])) as Record<ManifestList, T>;
}

/** The whole text, in parts that follow one another: put together they would stand in memory twice. */
export function joinPieces({ head, lists }: ManifestBytes): readonly Buffer[] {
  const parts = manifestLists.flatMap((list) => [Buffer.from(`,\n"${list}":[`), lists[list].bytes, Buffer.from('\n]')]);
  return [head, ...parts, Buffer.from('}\n')];
}

export function decodeHead(head: Buffer): Head {
  return JSON.parse(`${head.toString('utf8')}}`) as Head;
}

export function decodeList(list: ListBytes): unknown[] {
  return JSON.parse(`[${list.bytes.toString('utf8')}]`) as unknown[];
}
