import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** A CSV file of our own that DuckDB reads back: every cell that is there is quoted, so that nothing is left to guess. */
export class ScratchCsv {
  readonly path: string;
  readonly #stream: ReturnType<typeof createWriteStream>;
  #pending: string[] = [];
  #size = 0;
  rows = 0;

  constructor(path: string) {
    this.path = path;
    this.#stream = createWriteStream(path);
  }

  async write(cells: readonly (string | null)[]): Promise<void> {
    const line = `${cells.map((cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',')}\n`;
    this.#pending.push(line);
    this.rows += 1;
    this.#size += line.length;
    if (this.#size > 1 << 18) await this.#flush();
  }

  async #flush(): Promise<void> {
    const ready = this.#stream.write(this.#pending.join(''));
    this.#pending = [];
    this.#size = 0;
    if (!ready) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    await this.#flush();
    this.#stream.end();
    await finished(this.#stream);
  }
}
