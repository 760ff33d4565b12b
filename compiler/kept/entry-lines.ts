import type { ListBytes } from './manifest-bytes.ts';

/** The entries of a list, one by one. Nothing is decoded that is not asked for. */
export interface EntryLines {
  /** The name of an entry. */
  name(place: number): string;
  /** Some entries in a row, as they stand. */
  slice(from: number, to: number): Buffer;
}

export function readEntryLines({ bytes, count }: ListBytes): EntryLines {
  const starts = new Int32Array(count);
  for (let place = 0, at = 0; place < count; place++) {
    starts[place] = at;
    at = bytes.indexOf(10, at + 1);
  }
  // All but the last have a comma.
  const endOf = (place: number) => (place + 1 < count ? starts[place + 1]! - 1 : bytes.length);
  return {
    name: (place) => {
      const text = bytes.toString('utf8', starts[place]! + 1, endOf(place));
      // Kind and name come first in every entry.
      return JSON.parse(/^\{"kind":"[^"]*","name":("(?:[^"\\]|\\.)*")/.exec(text)![1]!) as string;
    },
    slice: (from, to) => (from < to ? bytes.subarray(starts[from], endOf(to - 1)) : bytes.subarray(0, 0)),
  };
}
