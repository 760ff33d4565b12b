import type { ManifestModel } from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';
import { observeSources } from '../run/observe-sources.ts';
import type { ObservedFile } from '../schedule/target-state.ts';
import type { LoadedFileRecord } from '../state/records.ts';
import { type HeldFile, readHeldFiles } from './check-files.ts';
import { type ComparedFile, compareFiles } from './compare-files.ts';
import { unknownFiles } from './record-standing.ts';
import type { Standing, UpkeepRequest } from './standing.ts';

export interface AdoptedFiles {
  readonly marks: readonly LoadedFileRecord[];
  /** Files whose rows are there as the file gives them; as it does not; of which nothing is there yet; which are gone. */
  readonly proven: number;
  readonly other: number;
  readonly added: number;
  readonly gone: number;
}

/**
 * Which files are the rows of a raw table from? Each file that is there is read again and its rows compared. One that gives other rows, or is gone, is marked as of unknown content: the next
 * run takes it for changed, never for loaded, and never loads its rows beside those that are there.
 */
export async function adoptFiles(
  request: UpkeepRequest,
  standing: Standing,
  model: ManifestModel,
  relation: string,
  build: number,
): Promise<AdoptedFiles> {
  const { engine } = standing;
  const nothing = { files: [], cursors: [], versions: [], relations: new Set<string>() };
  const observed = await observeSources(engine, request.folder, [model], nothing, request.clock());
  const here = new Map((observed.files[model.name] ?? []).map((file) => [file.name, file]));
  const held = await readHeldFiles(engine, relation);
  const compared = await readAgain(request, standing, model, relation, [...here.keys()]);
  const known = await unknownFiles(standing, model.name, relation, held);
  const marks = new Map(known.map((mark) => [mark.path, mark]));
  let proven = 0;
  for (const file of compared) {
    if (file.missing + file.extra > 0 || (!held.has(file.name) && file.rows + file.rejected > 0)) continue;
    marks.set(file.name, toMark(model, relation, here.get(file.name)!, file, held.get(file.name), build));
    proven += 1;
  }
  const isUnknown = (path: string) => marks.get(path)?.sha256 !== here.get(path)?.sha256;
  return {
    marks: [...marks.values()],
    proven,
    other: [...here.keys()].filter((path) => marks.has(path) && isUnknown(path)).length,
    added: [...here.keys()].filter((path) => !marks.has(path)).length,
    gone: [...marks.keys()].filter((path) => !here.has(path)).length,
  };
}

/** A file that cannot be read leaves its own rows unproven, and those of the others that are read with it. */
async function readAgain(
  request: UpkeepRequest,
  { engine }: Standing,
  model: ManifestModel,
  relation: string,
  names: readonly string[],
): Promise<readonly ComparedFile[]> {
  try {
    return await compareFiles(engine, model, relation, request.folder, names, request.clock());
  } catch (error) {
    if (!(error instanceof EngineError) || (error.kind !== 'data' && error.kind !== 'sql')) throw error;
    return [];
  }
}

function toMark(
  model: ManifestModel,
  relation: string,
  { name: path, size, modified, sha256 }: ObservedFile,
  { rows, rejected }: ComparedFile,
  held: HeldFile | undefined,
  build: number,
): LoadedFileRecord {
  return { model: model.name, relation, path, size, modified, sha256, rows, rejected, batch: held?.batch ?? build };
}
