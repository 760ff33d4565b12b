import type { FileToLoad } from '../engine.ts';
import { ScratchFile } from './scratch-file.ts';
import type { SourceRows } from './source-rows.ts';

/** Rows that one statement reads: those of one file, or of many small ones after another. */
export interface Portion {
  readonly source: SourceRows;
  /** In the order in which their rows come. */
  readonly parts: readonly PartOfPortion[];
  /** To be removed when read. */
  readonly scratch?: ScratchFile;
}

export interface PartOfPortion {
  readonly file: FileToLoad;
  /** How many there must be: DuckDB told something slightly wrong of a file can answer with too few and no error. */
  readonly rows: number;
}

/** Several shapes may stand open side by side: files with other columns, another line end, or records that had to be mended. */
interface OpenPortion extends Portion {
  readonly scratch: ScratchFile;
  readonly parts: PartOfPortion[];
}

const fullSize = 32 << 20;
const fullFiles = 1_000;

/** Portions that are being put together: small files of one shape into one scratch file, since a statement costs the same for one row as for 10,000. */
export class Gathering {
  readonly #folder: string;
  readonly #open = new Map<string, OpenPortion>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The portion for files of this shape. `shape` must tell all that `read` makes of the path and `begin` writes. */
  find(
    shape: string,
    read: (path: string) => SourceRows,
    begin?: Buffer,
  ): { readonly scratch: ScratchFile; readonly parts: PartOfPortion[] } {
    const known = this.#open.get(shape);
    if (known !== undefined) return known;
    const scratch = new ScratchFile(this.#folder, 'rows');
    if (begin !== undefined) scratch.write(begin);
    const made = { scratch, parts: [], source: read(scratch.path) };
    this.#open.set(shape, made);
    return made;
  }

  get isFull(): boolean {
    let size = 0;
    let files = 0;
    for (const { scratch, parts } of this.#open.values()) {
      size += scratch.size;
      files += parts.length;
    }
    return size >= fullSize || files >= fullFiles;
  }

  /** Hands over what is open, one portion after another, ready to be read. */
  take(): Portion | undefined {
    for (const [shape, portion] of this.#open) {
      this.#open.delete(shape);
      portion.scratch.end();
      return portion;
    }
    return undefined;
  }

  /** What is not handed over will not be read. */
  drop(): void {
    for (const { scratch } of this.#open.values()) scratch.remove();
    this.#open.clear();
  }
}
