/** The entries of a list in a stored manifest: a line each, all but the last with a comma. Nothing is decoded that is not asked for. */
export interface EntryLines {
  readonly count: number;
  /** The JSON text of an entry. */
  get(place: number): string;
  name(place: number): string;
  /** Some entries in a row, as they stand. */
  slice(from: number, to: number): Buffer;
}

/** `bytes` as `findListBytes` yields them: every entry begins with a line break. */
export function readEntryLines(bytes: Buffer): EntryLines {
  const starts: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at);
  const endOf = (place: number) => (place + 1 < starts.length ? starts[place + 1]! - 1 : bytes.length);
  const get = (place: number) => bytes.toString('utf8', starts[place]! + 1, endOf(place));
  return {
    count: starts.length,
    get,
    // Kind and name come first in every entry.
    name: (place) => JSON.parse(/^\{"kind":"[^"]*","name":("(?:[^"\\]|\\.)*")/.exec(get(place))![1]!) as string,
    slice: (from, to) =>
      bytes.subarray(starts[from] ?? bytes.length, to > from ? endOf(to - 1) : (starts[from] ?? bytes.length)),
  };
}
