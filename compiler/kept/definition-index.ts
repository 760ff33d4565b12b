import type { Manifest, ManifestTest } from '../manifest-types.ts';

/** A model, a metric or a test that spans models, as far as a later compilation has to know it. */
export interface IndexedDefinition {
  /** The name; of a test `test NAME`, since tests may be called as metrics are. */
  readonly id: string;
  /** The files that it is made from. */
  readonly files: readonly string[];
  /** Ids of all that its entries in the manifest depend on, besides the files. */
  readonly needs: readonly string[];
}

/** Which definition comes from which files and depends on which other: what tells how far a change of a file reaches. */
export interface DefinitionIndex {
  /** As they stand in the manifest: models, metrics, tests that span models. */
  readonly definitions: readonly IndexedDefinition[];
  /** For each test of the manifest the place of the definition that it belongs to. */
  readonly testOwners: readonly number[];
  /** Files whose meaning is the whole project's: a change in one reaches everywhere. */
  readonly shared: readonly string[];
  /** Ids that no compilation may leave out: what project.yml names, and a user for each exclusion and each unit, which must not stand unused. */
  readonly anchors: readonly string[];
}

/** `sqlFiles`: the `.sql` and `.csv` files that a definition's tests are made from, by its id. */
export function buildIndex(
  manifest: Manifest,
  sqlFiles: ReadonlyMap<string, readonly string[]>,
  paths: readonly string[],
): DefinitionIndex {
  const tests = groupTests(manifest.tests);
  const testReads = (id: string) => (tests.get(id) ?? []).flatMap((test) => test.reads);
  const files = (id: string, ...own: readonly (string | undefined)[]) => [
    ...new Set([...own.filter((path) => path !== undefined), ...(sqlFiles.get(id) ?? [])]),
  ];
  const needs = (id: string, ...own: readonly (readonly string[])[]) => [
    ...new Set([...own.flat(), ...testReads(id)].filter((need) => need !== id)),
  ];
  const ofSegments = manifest.segments.flatMap(({ metrics }) => metrics);
  const definitions: IndexedDefinition[] = [
    ...manifest.models.map(({ name, path, sqlPath, reads, relations }) => ({
      id: name,
      files: files(name, path, sqlPath),
      needs: needs(
        name,
        reads,
        relations.map(({ to }) => to),
      ),
    })),
    ...manifest.metrics.map(({ name, path, model, inputs, reads }) => ({
      id: name,
      files: files(name, path),
      needs: needs(name, model === undefined ? [] : [model], inputs, reads),
    })),
    ...manifest.tests
      .filter(({ model }) => model === undefined)
      .map((test) => {
        const id = ownerOf(test);
        // What a segment's rule names beside models; which segment of how many does not matter, they are few.
        return { id, files: files(id, test.path), needs: needs(id, test.segment === undefined ? [] : ofSegments) };
      }),
  ];
  const places = new Map(definitions.map(({ id }, place) => [id, place]));
  return {
    definitions,
    testOwners: manifest.tests.map((test) => places.get(ownerOf(test)) ?? -1),
    shared: findShared(manifest, paths),
    anchors: findAnchors(manifest),
  };
}

/** The id of the definition that a test belongs to. */
export function ownerOf({ model, name }: Pick<ManifestTest, 'model' | 'name'>): string {
  return model ?? `test ${name}`;
}

function groupTests(tests: readonly ManifestTest[]): Map<string, ManifestTest[]> {
  const groups = new Map<string, ManifestTest[]>();
  for (const test of tests) {
    const group = groups.get(ownerOf(test));
    if (group) group.push(test);
    else groups.set(ownerOf(test), [test]);
  }
  return groups;
}

/** Activities and cohorts may be named from anywhere, and so may partials; segments say which exclusions are used. */
function findShared({ activities, cohorts }: Manifest, paths: readonly string[]): string[] {
  const named = paths.filter(
    (path) =>
      path === 'project.yml' || path.startsWith('segments/') || path.startsWith('lists/') || path.endsWith('.hbs'),
  );
  return [...new Set([...named, ...[...activities, ...cohorts].map(({ path }) => path)])];
}

/** Segments are compiled each time, so that what they read and name has to be there. */
function findAnchors({ project, models, metrics, segments }: Manifest): string[] {
  const users = new Set([...models, ...metrics].map(({ name }) => name));
  const exclusions = project.exclusions.flatMap(({ in: model, usedBy }) => [
    model,
    ...usedBy.filter((name) => users.has(name)).slice(0, 1),
  ]);
  const units = Object.keys(project.site.units ?? {}).flatMap((unit) => {
    const users = metrics.filter((metric) => metric.unit === unit);
    // What is computed from others may have theirs.
    return users.find(({ inputs }) => inputs.length === 0) ?? users[0] ?? [];
  });
  const ofSegments = segments.flatMap(({ reads, metrics: named }) => [...reads, ...named]);
  return [
    ...new Set([
      ...exclusions,
      ...units.map(({ name }) => name),
      ...ofSegments,
      ...project.entities.flatMap(({ attributes }) => attributes ?? []),
    ]),
  ];
}
