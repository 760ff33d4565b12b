import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How much is put together before it is written. */
const portion = 1 << 20;

/** A file of our own in which bytes or records of other files stand one after another until DuckDB has read them. */
export class ScratchFile {
  readonly path: string;
  readonly #descriptor: number;
  #pending: Buffer[] = [];
  #text = '';
  #pendingSize = 0;
  #open = true;
  size = 0;

  constructor(folder: string, ending: string) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, `${randomUUID()}.${ending}`);
    this.#descriptor = openSync(this.path, 'w');
  }

  /** Every cell that is there is quoted, so that DuckDB has nothing to guess. */
  writeRecord(cells: readonly (string | null)[]): void {
    const line = `${cells.map((cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',')}\n`;
    this.#text += line;
    this.#count(line.length);
  }

  write(bytes: Buffer): void {
    this.#takeText();
    this.#pending.push(bytes);
    this.#count(bytes.length);
  }

  #count(size: number): void {
    this.size += size;
    this.#pendingSize += size;
    if (this.#pendingSize >= portion) this.#flush();
  }

  #takeText(): void {
    if (this.#text !== '') this.#pending.push(Buffer.from(this.#text));
    this.#text = '';
  }

  #flush(): void {
    this.#takeText();
    const bytes = Buffer.concat(this.#pending);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    this.#pending = [];
    this.#pendingSize = 0;
  }

  /** All is written, for others to read. */
  end(): void {
    if (!this.#open) return;
    this.#flush();
    this.#close();
  }

  #close(): void {
    if (this.#open) closeSync(this.#descriptor);
    this.#open = false;
  }

  remove(): void {
    this.#close();
    rmSync(this.path, { force: true });
  }
}
