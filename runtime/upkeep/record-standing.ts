import type { ManifestModel } from '../../compiler/index.ts';
import { qualify } from '../../compiler/index.ts';
import { changesName, inTables, physicalName, rejectedName } from '../run/target-names.ts';
import { readLastBuild, readVersions } from '../state/read-snapshot.ts';
import { type RunHandle, recordFiles, recordVersion } from '../state/record.ts';
import type { LoadedFileRecord, VersionRecord } from '../state/records.ts';
import { type HeldFile, readHeldFiles } from './check-files.ts';
import type { Write } from './claimed.ts';
import { findEntry, findLog, type PublishedView, type Standing } from './standing.ts';

/** A build that no name, row or mark of the model has used: builds are never used twice. */
export async function nextBuild(standing: Standing, model: string, relation: string): Promise<number> {
  const { engine, catalog } = standing;
  const used: number[] = [0];
  const largest = async (column: string, table: string) => {
    const found = await engine.execute(`select max(${column}) from ${qualify(inTables(table))}`);
    used.push(Number(found.rows[0]?.[0] ?? 0));
  };
  const log = findLog(standing, relation);
  if (log !== undefined) await largest('_build', log.name.table);
  const columns = findEntry(standing, inTables(relation))?.columns ?? [];
  if (columns.some(({ name }) => name === '_batch')) await largest('_batch', relation);
  const prefix = `${model.replace('.', '__')}__`;
  for (const { name } of catalog.values()) {
    const build = /__(\d{1,15})$/.exec(name.table)?.[1];
    if (name.schema === 'etalon_tables' && name.table.startsWith(prefix) && build !== undefined)
      used.push(Number(build));
  }
  for (const version of await readVersions(standing.store)) {
    used.push(version.model === model ? version.build : (version.inputs[model] ?? 0));
  }
  const defined = standing.models.get(model);
  used.push(await readLastBuild(engine, model), (defined && findBuild(defined, relation)) ?? 0);
  return Math.max(...used) + 1;
}

/** Names that are longer are cut. */
const longestName = 63;

/** Builds beyond it are not looked for in names that were cut: there the number is in a hash. */
const searchedBuilds = 20_000;

/** The build of this very definition that made a relation, by its name; undefined where another one did. */
export function findBuild(model: ManifestModel, relation: string): number | undefined {
  const build = Number(/__(\d{1,15})$/.exec(relation)?.[1] ?? 0);
  if (physicalName(model, build).table === relation) return build;
  if (Buffer.byteLength(relation) < longestName) return undefined;
  for (let n = 1; n <= searchedBuilds; n += 1) if (physicalName(model, n).table === relation) return n;
  return undefined;
}

/** No hash and no time is this. */
const unknownContent = 'unknown';

/** Marks for every file of which a raw table holds rows, as of unknown content: what comes under its name is another file. */
export async function unknownFiles(
  standing: Standing,
  model: string,
  relation: string,
  held?: ReadonlyMap<string, HeldFile>,
): Promise<readonly LoadedFileRecord[]> {
  const table = inTables(relation);
  const isRaw = findEntry(standing, table)?.columns.some(({ name }) => name === '_file') ?? false;
  if (!isRaw || findEntry(standing, rejectedName(table)) === undefined) return [];
  return [...(held ?? (await readHeldFiles(standing.engine, relation)))].map(([path, { rows, rejected, batch }]) => ({
    model,
    relation,
    path,
    size: 0,
    modified: unknownContent,
    sha256: unknownContent,
    rows,
    rejected,
    batch,
  }));
}

/** Takes down what stands and is not known to be right: readers keep it until the next run has built the model anew. */
export async function recordGivenUp(
  standing: Standing,
  write: Write,
  run: RunHandle,
  view: PublishedView & { readonly relation: NonNullable<PublishedView['relation']> },
  at: string,
): Promise<VersionRecord> {
  const { model, relation } = view;
  const name = relation.name.table;
  const counted = await standing.engine.execute(`select count(*) from ${qualify(relation.name)}`);
  const version: VersionRecord = {
    model,
    build: await nextBuild(standing, model, name),
    fingerprint: '',
    relation: name,
    relationKind: relation.kind,
    inputs: {},
    rows: Number(counted.rows[0]?.[0] ?? 0),
    validFrom: at,
    run: run.id,
  };
  const files = await unknownFiles(standing, model, name);
  await write(async (session) => {
    await recordVersion(session, version);
    await recordFiles(session, run, model, files, at);
  });
  return version;
}

/** Changes that every reader has seen by now, or will never ask for. */
export function clearLogSql(standing: Standing, relation: string): string | undefined {
  const log = changesName(inTables(relation));
  return findLog(standing, relation) === undefined ? undefined : `delete from ${qualify(log)}`;
}
