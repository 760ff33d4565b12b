import type { ManifestModel, ManifestTest } from '../../compiler/index.ts';

export interface ModelOrder {
  /** Names, upstream first; among equals by name. */
  readonly names: readonly string[];
  /** What must be done before a model: what it reads, and what the tests that guard it read. */
  readonly after: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of tests that guard no publish: they span models, or read something built from their own model. */
  readonly late: ReadonlySet<string>;
}

/** Orders models so that a test which compares two of them finds both at their new version wherever that is possible. */
export function orderModels(models: readonly ManifestModel[], tests: readonly ManifestTest[]): ModelOrder {
  const known = new Set(models.map((model) => model.name));
  const after = new Map<string, Set<string>>(
    models.map((model) => [model.name, new Set(model.reads.filter((name) => known.has(name) && name !== model.name))]),
  );
  const late = new Set<string>();
  for (const test of tests) {
    const own = test.model === undefined ? undefined : after.get(test.model);
    if (test.model === undefined || own === undefined) {
      late.add(test.name);
      continue;
    }
    const others = test.reads.filter((name) => name !== test.model && known.has(name) && !own.has(name));
    if (others.some((name) => comesAfter(after, name, test.model!))) late.add(test.name);
    else for (const name of others) own.add(name);
  }
  return { names: sortByDependency(after), after, late };
}

/** Does `model` wait, over any number of steps, for `ancestor`? */
function comesAfter(after: ReadonlyMap<string, ReadonlySet<string>>, model: string, ancestor: string): boolean {
  const seen = new Set([model]);
  const open = [model];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of after.get(next) ?? []) {
      if (name === ancestor) return true;
      if (!seen.has(name)) {
        seen.add(name);
        open.push(name);
      }
    }
  }
  return false;
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
