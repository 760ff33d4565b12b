import { createHash } from 'node:crypto';
import type { Manifest, ManifestModel, QualifiedName } from '../../compiler/index.ts';

/** PostgreSQL cuts longer names without a word; two models must never meet there. */
const longestName = 63;

/** The schema that holds a layer on this target: `project.yml` may rename it, with `{{target}}`. */
export function layerSchema(manifest: Manifest, target: string, layer: ManifestModel['layer']): string {
  return manifest.project.schemas[layer].replaceAll(/\{\{\s*target\s*\}\}/g, target);
}

/** The name that readers use. */
export function publishedName(manifest: Manifest, target: string, model: string): QualifiedName {
  const [layer, table] = splitModel(model);
  return { schema: layerSchema(manifest, target, layer), table };
}

export function rejectedName(name: QualifiedName): QualifiedName {
  return { schema: name.schema, table: cutName(`${name.table}__rejected`) };
}

/** The log of a relation's changes: the rows that came or went, with the build in which they did. */
export function changesName(relation: QualifiedName): QualifiedName {
  return { schema: relation.schema, table: cutName(`${relation.table}__changes`) };
}

/** What one step needs for a while: dropped with what nobody points to. */
export function scratchName(relation: QualifiedName, what: 'units' | 'rows' | 'late', build: number): QualifiedName {
  return { schema: relation.schema, table: cutName(`${relation.table}__${what}_${build}`) };
}

/** The versioned relation behind it: `marts__orders__1a2b3c4d__7`. */
export function physicalName(model: Pick<ManifestModel, 'name' | 'fingerprint'>, build: number): QualifiedName {
  const [layer, table] = splitModel(model.name);
  return inTables(cutName(`${layer}__${table}__${model.fingerprint.slice(0, 8)}__${build}`));
}

export function inTables(table: string): QualifiedName {
  return { schema: 'etalon_tables', table };
}

/** A name of at most 63 bytes: the end gives way to a hash of the whole. */
export function cutName(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const room = longestName - hash.length - 1;
  return `${Buffer.from(name)
    .subarray(0, room)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '_')}_${hash}`;
}

function splitModel(model: string): [ManifestModel['layer'], string] {
  const dot = model.indexOf('.');
  return [model.slice(0, dot) as ManifestModel['layer'], model.slice(dot + 1)];
}
