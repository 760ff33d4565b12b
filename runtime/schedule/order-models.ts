import type { ManifestModel, ManifestTest } from '../../compiler/index.ts';

export interface ModelOrder {
  /** Names, upstream first; among equals by name. */
  readonly names: readonly string[];
  /** What must be done before a model: what it reads, and what the tests that guard it read. */
  readonly after: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of tests that guard no publish: they span models, or read something built from their own model. */
  readonly late: ReadonlySet<string>;
}

/** Orders models so that a test which compares two of them finds both at their new version wherever the compiler found an order without a cycle (`after`). */
export function orderModels(models: readonly ManifestModel[], tests: readonly ManifestTest[]): ModelOrder {
  const known = new Set(models.map((model) => model.name));
  const after = new Map<string, ReadonlySet<string>>(
    models.map((model) => [
      model.name,
      new Set([...model.reads, ...model.after].filter((name) => known.has(name) && name !== model.name)),
    ]),
  );
  const late = tests.filter((test) => {
    const before = test.model === undefined ? undefined : after.get(test.model);
    return before === undefined || test.reads.some((name) => name !== test.model && !before.has(name));
  });
  return { names: sortByDependency(after), after, late: new Set(late.map((test) => test.name)) };
}

function sortByDependency(after: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const waiting = new Map([...after].map(([name, before]) => [name, before.size]));
  const readers = new Map<string, string[]>();
  for (const [name, before] of after) {
    for (const other of before) readers.set(other, [...(readers.get(other) ?? []), name]);
  }
  const names: string[] = [];
  let ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  while (ready.length > 0) {
    names.push(...ready.sort());
    const next: string[] = [];
    for (const done of ready) {
      for (const reader of readers.get(done) ?? []) {
        const left = waiting.get(reader)! - 1;
        waiting.set(reader, left);
        if (left === 0) next.push(reader);
      }
    }
    ready = next;
  }
  return names;
}
