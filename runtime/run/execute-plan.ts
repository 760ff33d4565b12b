/** A unit of work and what must be settled before it. */
export interface Ordered {
  readonly model: string;
  readonly after: readonly string[];
}

/** Runs units up to `threads` at a time, each when all before it are settled; results in the order of the units. `execute` does not throw for what concerns one unit only. */
export async function executeInOrder<U extends Ordered, R>(
  units: readonly U[],
  threads: number,
  execute: (unit: U) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<string, R>();
  const running = new Map<string, Promise<void>>();
  let waiting = [...units];
  while (waiting.length > 0 || running.size > 0) {
    const ready = waiting.filter((unit) => unit.after.every((name) => results.has(name)));
    const started = new Set(ready.slice(0, Math.max(0, Math.max(1, threads) - running.size)));
    waiting = waiting.filter((unit) => !started.has(unit));
    for (const unit of started) {
      const work = execute(unit).then((result) => {
        results.set(unit.model, result);
        running.delete(unit.model);
      });
      running.set(unit.model, work);
    }
    if (running.size === 0) throw new Error(`nothing can start: ${waiting.map((unit) => unit.model).join(', ')}`);
    try {
      await Promise.race(running.values());
    } catch (error) {
      await Promise.allSettled(running.values());
      throw error;
    }
  }
  return units.map((unit) => results.get(unit.model)!);
}
