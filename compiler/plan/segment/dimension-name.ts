/** How a question names a segment that it is cut by: `segment:rfm`. */
const prefix = 'segment:';
/** The column that holds where an entity belongs. */
export const segmentPlace = 'part';

export function isSegmentDimension(name: string): boolean {
  return name.startsWith(prefix);
}

/** What a dimension over a segment is made from: the column, behind a join of its own. */
export function segmentPath(name: string): readonly [string, string] {
  return [name, segmentPlace];
}

export function segmentOf(name: string): string {
  return name.slice(prefix.length);
}
