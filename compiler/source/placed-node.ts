import type { Span } from '../diagnostic/diagnostic.ts';
import type { LineStarts } from './line-index.ts';
import { spanAt } from './line-index.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './source-file.ts';

/*
 * Nodes that keep two offsets and reckon their span when it is asked for, which most never are: it halves the objects of a parse and, over 10,000 definitions, its
 * time.
 */

/** The file that nodes belong to. */
export interface Ground {
  readonly path: string;
  readonly starts: LineStarts;
}

abstract class Placed {
  readonly #ground: Ground;
  readonly #start: number;
  readonly #end: number;

  constructor(ground: Ground, start: number, end: number) {
    this.#ground = ground;
    this.#start = start;
    this.#end = end;
  }

  get span(): Span {
    return spanAt(this.#ground.starts, this.#ground.path, this.#start, this.#end);
  }
}

export class PlacedScalar extends Placed implements YamlScalar {
  readonly kind = 'scalar';
  readonly value: string | number | boolean | null;
  readonly raw: string;
  readonly quoted: boolean;

  constructor(
    ground: Ground,
    start: number,
    end: number,
    value: string | number | boolean | null,
    raw: string,
    quoted: boolean,
  ) {
    super(ground, start, end);
    this.value = value;
    this.raw = raw;
    this.quoted = quoted;
  }
}

/** A scalar whose text is not a slice of the file. */
export class DecodedPlacedScalar extends PlacedScalar {
  readonly offsets: readonly number[];
  readonly lineStarts: LineStarts;

  constructor(
    ground: Ground,
    start: number,
    end: number,
    value: string | number | boolean | null,
    raw: string,
    quoted: boolean,
    offsets: readonly number[],
  ) {
    super(ground, start, end, value, raw, quoted);
    this.offsets = offsets;
    this.lineStarts = ground.starts;
  }
}

export class PlacedSequence extends Placed implements YamlSequence {
  readonly kind = 'sequence';
  readonly items: readonly YamlNode[];

  constructor(ground: Ground, start: number, end: number, items: readonly YamlNode[]) {
    super(ground, start, end);
    this.items = items;
  }
}

export class PlacedMapping extends Placed implements YamlMapping {
  readonly kind = 'mapping';
  readonly entries: readonly YamlEntry[];

  constructor(ground: Ground, start: number, end: number, entries: readonly YamlEntry[]) {
    super(ground, start, end);
    this.entries = entries;
  }
}

export class PlacedEntry implements YamlEntry {
  readonly value: YamlNode;
  readonly #key: YamlScalar;

  constructor(key: YamlScalar, value: YamlNode) {
    this.#key = key;
    this.value = value;
  }

  get key(): string {
    return this.#key.raw;
  }

  get keySpan(): Span {
    return this.#key.span;
  }
}
