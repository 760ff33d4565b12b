import { type Lookup, type Manifest, type ManifestModel, movesOfSegment } from '../../compiler/index.ts';
import { scheduledSegments } from '../schedule/plan-segments.ts';

const wholes = new WeakMap<Manifest, ReadonlyMap<string, readonly Lookup[]>>();

/** By what columns increments look up rows of a model's table: its own, and those of the models and segments that read it. The parser must have been loaded. */
export function lookupsOf(manifest: Manifest, model: string): readonly Lookup[] {
  const known = wholes.get(manifest) ?? allLookups(manifest);
  wholes.set(manifest, known);
  return known.get(model) ?? [];
}

function allLookups(manifest: Manifest): ReadonlyMap<string, readonly Lookup[]> {
  const found = new Map<string, Map<string, Lookup>>();
  const add = (model: string, lookup: Lookup) => {
    const own = found.get(model) ?? new Map<string, Lookup>();
    found.set(model, own.set(`${lookup.kind} ${lookup.columns.join()}`, lookup));
  };
  for (const model of manifest.models) {
    if (isRaw(model)) add(model.name, { kind: 'range', columns: ['_batch'] });
    if (model.increment?.kind !== 'increment') continue;
    const { unit, edges } = model.increment;
    add(model.name, { kind: unit.kind === 'key' ? 'key' : 'range', columns: unit.columns });
    // By it rows that take the place of others are found, and groups that rows come to.
    add(model.name, { kind: 'key', columns: model.key });
    if (model.time !== undefined) add(model.name, { kind: 'range', columns: [model.time] });
    for (const { input, lookups } of edges) for (const lookup of lookups ?? []) add(input, lookup);
  }
  for (const { name } of scheduledSegments(manifest))
    for (const [model, lookups] of movesOfSegment(manifest, name).lookups) for (const one of lookups) add(model, one);
  return new Map([...found].map(([name, lookups]) => [name, [...lookups.values()]]));
}

function isRaw({ form, source }: ManifestModel): boolean {
  return form === 'source' && source?.from === 'files';
}
