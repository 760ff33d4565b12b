import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { sortDiagnostics } from '../diagnostic/sort-diagnostics.ts';
import type { Manifest, ManifestProject, ManifestTest } from '../manifest-types.ts';
import { type DefinitionIndex, type IndexedDefinition, ownerOf } from './definition-index.ts';
import { type EntryLines, readEntryLines } from './entry-lines.ts';
import type { Reach } from './find-reach.ts';
import { encodeHead, encodeList, type ListBytes, type ManifestBytes } from './manifest-bytes.ts';
import { openManifest } from './open-manifest.ts';

/** A manifest with what is needed to splice it. */
export interface Compiled<M> {
  readonly manifest: M;
  readonly index: DefinitionIndex;
}

/**
 * Puts the affected entries of a partial compilation in the place of the stored ones. Undefined where the two do not fit together entry by entry: a name that came or
 * went, another use of an exclusion, a warning of the whole project. Then everything is compiled.
 */
export function spliceManifest(
  stored: Compiled<ManifestBytes>,
  partial: Compiled<Manifest>,
  reach: Reach,
): Compiled<ManifestBytes> | undefined {
  const before = openManifest(stored.manifest);
  if (!haveSameNames(stored.index, partial.index, reach.files)) return undefined;
  const project = mergeProject(before.project, partial.manifest.project, reach);
  const warnings = mergeWarnings(before.warnings, partial.manifest.warnings, stored.index, reach);
  const tests = mergeTests(stored, partial, reach);
  if (!project || !warnings || !tests) return undefined;
  const { lists } = stored.manifest;
  const ids = stored.index.definitions.map(({ id }) => id);
  return {
    manifest: {
      head: encodeHead({ ...partial.manifest, project }),
      lists: {
        ...lists,
        models: replaceEntries(lists.models, ids, partial.manifest.models, reach),
        metrics: replaceEntries(lists.metrics, ids.slice(lists.models.count), partial.manifest.metrics, reach),
        // Their files belong to the whole project: all of them are compiled each time.
        segments: encodeList(partial.manifest.segments),
        tests: tests.list,
        warnings: encodeList(warnings),
      },
    },
    index: { ...stored.index, definitions: mergeIndex(stored.index, partial.index, reach), testOwners: tests.owners },
  };
}

/** Do the compiled files hold the definitions that they held, each made from the same files? */
function haveSameNames(stored: DefinitionIndex, partial: DefinitionIndex, files: ReadonlySet<string>): boolean {
  const named = ({ id, files: own }: IndexedDefinition) => JSON.stringify([id, own]);
  const were = stored.definitions.filter((definition) => definition.files.some((file) => files.has(file))).map(named);
  const are = new Set(partial.definitions.map(named));
  return were.length === are.size && were.every((definition) => are.has(definition));
}

function mergeIndex(stored: DefinitionIndex, partial: DefinitionIndex, { affected }: Reach): IndexedDefinition[] {
  const fresh = new Map(partial.definitions.map((definition) => [definition.id, definition]));
  return stored.definitions.map((definition) => (affected.has(definition.id) ? fresh.get(definition.id)! : definition));
}

/** A partial compilation sees few of the users of an exclusion. */
function mergeProject(
  stored: ManifestProject,
  partial: ManifestProject,
  { affected }: Reach,
): ManifestProject | undefined {
  const usesOf = ({ usedBy }: { readonly usedBy: readonly string[] }) => usedBy.filter((name) => affected.has(name));
  const exclusions = partial.exclusions.flatMap((exclusion) => {
    const before = stored.exclusions.find(({ name }) => name === exclusion.name);
    if (!before || usesOf(before).join() !== usesOf(exclusion).join()) return [];
    return [{ ...exclusion, usedBy: before.usedBy }];
  });
  return exclusions.length === stored.exclusions.length ? { ...partial, exclusions } : undefined;
}

function mergeWarnings(
  stored: readonly Diagnostic[],
  partial: readonly Diagnostic[],
  index: DefinitionIndex,
  { affected }: Reach,
): readonly Diagnostic[] | undefined {
  const anywhere = new Set(index.definitions.flatMap(({ files }) => files));
  const renewed = new Set(index.definitions.flatMap(({ id, files }) => (affected.has(id) ? files : [])));
  const fileOf = ({ span }: Diagnostic) => span?.file ?? '';
  const ofNone = (all: readonly Diagnostic[]) => JSON.stringify(all.filter((one) => !anywhere.has(fileOf(one))));
  if (ofNone(stored) !== ofNone(partial)) return undefined;
  return sortDiagnostics([
    ...stored.filter((one) => !renewed.has(fileOf(one))),
    ...partial.filter((one) => renewed.has(fileOf(one))),
  ]);
}

/** `ids`: the names of the entries, in their order. */
function replaceEntries(
  list: ListBytes,
  ids: readonly string[],
  fresh: readonly { readonly name: string }[],
  { affected }: Reach,
): ListBytes {
  const lines = readEntryLines(list);
  const entries = new Map(fresh.map((entry) => [entry.name, entry]));
  const out = new LineJoiner();
  let from = 0;
  for (let place = 0; place < list.count; place++) {
    if (!affected.has(ids[place]!)) continue;
    out.addRun(lines.slice(from, place));
    out.add(entries.get(ids[place]!));
    from = place + 1;
  }
  out.addRun(lines.slice(from, list.count));
  return out.finish(list.count);
}

/** Tests stand by name; those of affected definitions are taken out and the new ones put where their names belong. */
function mergeTests(
  stored: Compiled<ManifestBytes>,
  partial: Compiled<Manifest>,
  { affected }: Reach,
): { readonly list: ListBytes; readonly owners: readonly number[] } | undefined {
  const { tests } = stored.manifest.lists;
  const lines = readEntryLines(tests);
  const { definitions, testOwners } = stored.index;
  const places = new Map(definitions.map(({ id }, place) => [id, place]));
  const isGone = (place: number) => affected.has(definitions[testOwners[place]!]!.id);
  const fresh = partial.manifest.tests.filter((test) => affected.has(ownerOf(test)));
  const out = new LineJoiner();
  const owners: number[] = [];
  let next = 0;
  const passUntil = (end: number) => {
    while (next < end) {
      let to = next;
      while (to < end && !isGone(to)) owners.push(testOwners[to++]!);
      out.addRun(lines.slice(next, to));
      next = to;
      while (next < end && isGone(next)) next++;
    }
  };
  for (const test of fresh) {
    const place = findPlace(tests.count, next, (at) => lines.name(at) < test.name);
    passUntil(place);
    if (clashes(lines, place, tests.count, test, isGone)) return undefined;
    out.add(test);
    owners.push(places.get(ownerOf(test))!);
  }
  passUntil(tests.count);
  return { list: out.finish(owners.length), owners };
}

/** The same name on a test of another definition: which of them comes first is for the whole compilation to say. */
function clashes(
  lines: EntryLines,
  place: number,
  end: number,
  test: ManifestTest,
  isGone: (place: number) => boolean,
): boolean {
  for (let at = place; at < end && lines.name(at) === test.name; at++) if (!isGone(at)) return true;
  return false;
}

/** The first place from `from` on where `isBefore` no longer holds. */
function findPlace(count: number, from: number, isBefore: (place: number) => boolean): number {
  let low = from;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

class LineJoiner {
  readonly #parts: Buffer[] = [];

  add(entry: unknown): void {
    this.addRun(encodeList([entry]).bytes);
  }

  addRun(run: Buffer): void {
    if (run.length === 0) return;
    if (this.#parts.length > 0) this.#parts.push(Buffer.from(','));
    this.#parts.push(run);
  }

  finish(count: number): ListBytes {
    return { bytes: Buffer.concat(this.#parts), count };
  }
}
