import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestModel, QualifiedName } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import type { Observed, ObservedFile, ObservedTable } from '../schedule/target-state.ts';
import type { LoadedFileRecord, StateSnapshot } from '../state/records.ts';
import { matchFiles, PatternError } from './match-files.ts';
import { observeTable } from './source-table.ts';
import { changesName, inTables } from './target-names.ts';

/** Looks at the sources of the models given: the files that are there, and one query per source table. */
export async function observeSources(
  engine: Engine,
  folder: string,
  models: readonly ManifestModel[],
  known: Pick<StateSnapshot, 'files' | 'cursors' | 'versions' | 'relations'>,
  now: string,
): Promise<Observed> {
  const files: Record<string, readonly ObservedFile[]> = {};
  const tables: Record<string, ObservedTable> = {};
  for (const model of models) {
    if (model.source === undefined) continue;
    if (model.source.from === 'table') {
      const cursor = known.cursors.find((one) => one.model === model.name);
      const shape = known.relations.has('etalon_state.source_columns') ? 'recorded' : 'new';
      const relation = findLogged(model, known);
      tables[model.name] = await observeTable(engine, model, { cursor, relation, shape }, now);
      continue;
    }
    try {
      const before = known.files.filter((file) => file.model === model.name);
      files[model.name] = await observeFiles(folder, model.source.pattern ?? '', before);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      tables[model.name] = { problem: error.message };
    }
  }
  return { files, tables };
}

/** The relation of a source whose rows are written down as they come. */
function findLogged(
  model: ManifestModel,
  { versions, relations }: Pick<StateSnapshot, 'versions' | 'relations'>,
): QualifiedName | undefined {
  const version = versions.find((one) => one.model === model.name && one.fingerprint === model.fingerprint);
  const relation = version && inTables(version.relation);
  const isThere = (name: QualifiedName) => relations.has(`${name.schema}.${name.table}`);
  return relation && isThere(relation) && isThere(changesName(relation)) ? relation : undefined;
}

/** A file whose size and time are as they were when it was hashed is not hashed again. */
async function observeFiles(
  folder: string,
  pattern: string,
  known: readonly LoadedFileRecord[],
): Promise<readonly ObservedFile[]> {
  const before = new Map(known.map((file) => [file.path, file]));
  const observed: ObservedFile[] = [];
  for (const name of matchFiles(folder, pattern)) {
    const mark = readFileMark(folder, name);
    const last = before.get(name);
    const same = last !== undefined && last.size === mark.size && last.modified === mark.modified;
    observed.push({ name, ...mark, sha256: same ? last.sha256 : await hashFile(join(folder, name), mark.size) });
  }
  return observed;
}

export function readFileMark(folder: string, name: string): Pick<ObservedFile, 'size' | 'modified'> {
  const { size, mtimeNs } = statSync(join(folder, name), { bigint: true });
  return { size: Number(size), modified: mtimeNs.toString() };
}

/** Opening a stream costs more than reading a small file at once. */
const smallFile = 1 << 20;

async function hashFile(path: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  if (size <= smallFile) return hash.update(readFileSync(path)).digest('hex');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
