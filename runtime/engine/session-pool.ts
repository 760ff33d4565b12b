/** Things handed out one at a time to each asker; made when first wanted, up to `size`; askers beyond it wait in line. */
export class SessionPool<T> {
  readonly #make: () => Promise<T>;
  readonly #size: number;
  readonly #idle: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];
  readonly #busy = new Set<T>();
  #made = 0;

  constructor(size: number, make: () => Promise<T>) {
    this.#size = size;
    this.#make = make;
  }

  get busy(): ReadonlySet<T> {
    return this.#busy;
  }

  /** Waits until all are back and hands them over, to be closed. */
  async drain(): Promise<readonly T[]> {
    const all: T[] = [];
    for (let taken = this.#made; taken > 0; taken -= 1) all.push(await this.#take());
    return all;
  }

  async use<R>(work: (item: T) => Promise<R>): Promise<R> {
    const item = await this.#take();
    this.#busy.add(item);
    try {
      return await work(item);
    } finally {
      this.#busy.delete(item);
      const next = this.#waiting.shift();
      if (next) next(item);
      else this.#idle.push(item);
    }
  }

  async #take(): Promise<T> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#made >= this.#size) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#made += 1;
    try {
      return await this.#make();
    } catch (error) {
      this.#made -= 1;
      throw error;
    }
  }
}
