import type { SourceFile } from '../source/source-file.ts';
import type { DefinitionIndex, IndexedDefinition } from './definition-index.ts';

/** How far a change of files reaches. */
export interface Reach {
  /** Ids of definitions whose entries may come out otherwise. */
  readonly affected: ReadonlySet<string>;
  /** Paths of the files to compile, so that the affected come out as they would among all others. */
  readonly files: ReadonlySet<string>;
}

/** Beyond this share of the definitions a partial compilation saves nothing. */
const worthwhile = 1 / 3;

/** Undefined where all is to be compiled: a file was changed that belongs to the whole project, or too much hangs on the change. */
export function findReach(index: DefinitionIndex, changed: readonly SourceFile[]): Reach | undefined {
  const byFile = groupBy(index.definitions, ({ files }) => files);
  const shared = new Set(index.shared);
  const affected = new Set<string>();
  for (const { path } of changed) {
    const own = byFile.get(path);
    if (shared.has(path) || !own) return undefined;
    for (const { id } of own) affected.add(id);
  }
  const readers = groupBy(index.definitions, ({ needs }) => needs);
  for (const id of affected) for (const reader of readers.get(id) ?? []) affected.add(reader.id);
  if (affected.size > index.definitions.length * worthwhile) return undefined;
  const ids = new Map(index.definitions.map((definition) => [definition.id, definition]));
  const sharedIds = index.shared.flatMap((path) => (byFile.get(path) ?? []).map(({ id }) => id));
  const needed = new Set([...affected, ...index.anchors, ...sharedIds, ...findMentioned(changed, ids)]);
  const files = new Set(index.shared);
  for (const id of needed) {
    const definition = ids.get(id);
    for (const need of definition?.needs ?? []) needed.add(need);
    for (const file of definition?.files ?? []) {
      files.add(file);
      for (const neighbour of byFile.get(file) ?? []) needed.add(neighbour.id);
    }
  }
  return { affected, files };
}

/**
 * What the new text of a file may have begun to read: every word that is a name. Too many cost a little time. One too few is reported as unknown by the partial
 * compilation, and everything is compiled.
 */
function findMentioned(changed: readonly SourceFile[], ids: ReadonlyMap<string, unknown>): string[] {
  const word = /[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*)?/gu;
  return changed.flatMap(({ text }) => (text.match(word) ?? []).filter((name) => ids.has(name)));
}

function groupBy(
  definitions: readonly IndexedDefinition[],
  keysOf: (definition: IndexedDefinition) => readonly string[],
): Map<string, IndexedDefinition[]> {
  const groups = new Map<string, IndexedDefinition[]>();
  for (const definition of definitions) {
    for (const key of keysOf(definition)) {
      const group = groups.get(key);
      if (group) group.push(definition);
      else groups.set(key, [definition]);
    }
  }
  return groups;
}
