import type { ManifestModel } from '../../compiler/index.ts';
import { hasPeriods, qualify } from '../../compiler/index.ts';
import { keepUnsettledSql } from '../run/publish-table-source.ts';
import { recordAllPeriods } from '../run/record-ledger.ts';
import { run } from '../run/run.ts';
import type { Effects, RunResult } from '../run/run-types.ts';
import { inTables } from '../run/target-names.ts';
import { orderModels } from '../schedule/order-models.ts';
import { type RunHandle, recordCursor, recordFiles, recordVersion, retireFiles } from '../state/record.ts';
import type { VersionRecord } from '../state/records.ts';
import { restoreState } from '../state/restore-state.ts';
import { type AdoptedFiles, adoptFiles } from './adopt-files.ts';
import { describeVersion, type StandingView, takeCursor, whyNotOurs, whyOtherRows } from './adopt-model.ts';
import { checkFiles } from './check-files.ts';
import { createOwner, type Write, withClaim, withJournal } from './claimed.ts';
import { clearLogSql, nextBuild, recordGivenUp } from './record-standing.ts';
import {
  findPublished,
  namingOf,
  type PublishedView,
  readStanding,
  type Standing,
  type UpkeepRequest,
} from './standing.ts';

export interface AdoptRequest extends Omit<UpkeepRequest, 'select'> {
  /** Compute each model whole and adopt it where its rows are those that stand; else no model is adopted, only sources. */
  readonly deep: boolean;
  /** Models at a time, for the data tests at the end. */
  readonly threads: number;
  readonly emit: Effects['emit'];
  readonly signal?: AbortSignal;
}

export interface AdoptedModel {
  readonly model: string;
  /** `known`: its record was there. `given-up`: readers keep what stands, the next run builds it anew. `absent`: nothing stands. */
  readonly outcome: 'adopted' | 'known' | 'given-up' | 'absent';
  readonly why: string;
  readonly rows?: number;
}

export interface Adopted {
  readonly models: readonly AdoptedModel[];
  /** The data tests of what was adopted: their verdicts were lost, too. */
  readonly tests?: RunResult;
}

interface Adopting {
  readonly request: AdoptRequest;
  readonly standing: Standing;
  readonly write: Write;
  readonly run: RunHandle;
  readonly at: string;
  readonly views: ReadonlyMap<string, PublishedView>;
  /** What has a record by now. */
  readonly published: Map<string, VersionRecord>;
}

/**
 * Takes down again what stands in a target whose marks were lost, as far as it is proven to be what the definitions make: its name carries their fingerprint, its columns are the contract's, its
 * rows come out when they are computed again, the rows of a source when its files are read again. What is not proven stays for readers and is built anew by the next run.
 */
export async function adoptState(request: AdoptRequest): Promise<Adopted> {
  const { engine } = request;
  const at = request.clock();
  const first = await readStanding(request);
  if (first.state === 'none' && findPublished(first).length === 0) {
    return { models: first.manifest.models.map((model) => absent(model.name)) };
  }
  if (await hasAllMarks(first))
    return { models: first.manifest.models.map((model) => describeKnown(first, model.name)) };
  await restoreState(engine, first.store, at);
  const id = createOwner('adopt', at);
  const models = await withClaim(engine, { owner: id, command: 'state adopt' }, async (write) => {
    const standing = await readStanding(request);
    const journal = { id, command: 'state adopt', at };
    return withJournal(request, standing, write, journal, (handle) => adoptAll(request, standing, write, handle, at));
  });
  const adopted = models.filter(({ outcome }) => outcome === 'adopted').map(({ model }) => model);
  if (adopted.length === 0) return { models };
  const { manifest, target, threads, clock, emit, folder, signal, hashKey } = request;
  const tests = await run({
    manifest,
    engine,
    ...(target === undefined ? {} : { target }),
    command: 'test',
    select: adopted,
    threads,
    testsOnly: true,
    ...(hashKey === undefined ? {} : { hashKey }),
    effects: { clock, emit, folder, ...(signal === undefined ? {} : { signal }) },
  });
  return { models, tests };
}

/** Is there nothing to adopt? Then nothing is written. */
async function hasAllMarks(standing: Standing): Promise<boolean> {
  if (standing.state !== 'current') return false;
  if (findPublished(standing).some(({ model }) => !standing.versions.has(model))) return false;
  for (const version of standing.snapshot.versions) {
    const model = standing.models.get(version.model);
    if (model?.source?.from === 'files' && (await checkFiles(standing, model, version)).length > 0) return false;
  }
  return true;
}

async function adoptAll(
  request: AdoptRequest,
  standing: Standing,
  write: Write,
  handle: RunHandle,
  at: string,
): Promise<readonly AdoptedModel[]> {
  const views = new Map(findPublished(standing).map((view) => [view.model, view]));
  const published = new Map<string, VersionRecord>(standing.versions);
  const adopting: Adopting = { request, standing, write, run: handle, at, views, published };
  const results: AdoptedModel[] = [];
  for (const name of orderModels(standing.manifest.models, []).names) {
    const model = standing.models.get(name)!;
    results.push(published.has(name) ? await completeMarks(adopting, model) : await adoptModel(adopting, model));
  }
  // What left the project is `etalon clean`'s, which must know of it.
  for (const view of views.values()) {
    if (standing.models.has(view.model) || published.has(view.model)) continue;
    results.push(await giveUp(adopting, view, 'it is defined no longer'));
  }
  return results;
}

function describeKnown(standing: Pick<Standing, 'versions'>, model: string): AdoptedModel {
  const version = standing.versions.get(model);
  if (version === undefined) return absent(model);
  const rows = version.rows === undefined ? {} : { rows: version.rows };
  return version.fingerprint === ''
    ? { model, outcome: 'given-up', why: 'it was given up', ...rows }
    : { model, outcome: 'known', why: 'its record is there', ...rows };
}

const absent = (model: string): AdoptedModel => ({ model, outcome: 'absent', why: 'nothing of it stands' });

async function adoptModel(adopting: Adopting, model: ManifestModel): Promise<AdoptedModel> {
  const { request, standing, published, at } = adopting;
  const view = adopting.views.get(model.name);
  if (view === undefined) return absent(model.name);
  if (view.relation === undefined) return giveUp(adopting, view, 'its table is gone');
  const found: StandingView = { ...view, relation: view.relation };
  const naming = namingOf(standing, at, published);
  const build = await nextBuild(standing, model.name, found.relation.name.table);
  const cursor = await takeCursor(standing, model, build, at);
  const why =
    (await whyNotOurs(standing, naming, model, found)) ??
    (model.source !== undefined
      ? undefined
      : request.deep
        ? await whyOtherRows(standing, naming, model, found)
        : 'its rows were not compared');
  if (why !== undefined) return giveUp(adopting, view, why);
  const relation = found.relation.name.table;
  const files =
    model.source?.from === 'files' ? await adoptFiles(request, standing, model, relation, build) : undefined;
  const version: VersionRecord = {
    model: model.name,
    build,
    fingerprint: model.fingerprint,
    relation,
    relationKind: found.relation.kind,
    ...(await describeVersion(standing, naming, model, found, cursor)),
    validFrom: request.clock(),
    run: adopting.run.id,
  };
  const clearLog = clearLogSql(standing, relation);
  await adopting.write(async (session) => {
    await recordVersion(session, version);
    if (hasPeriods(model)) {
      await recordAllPeriods({ ...naming, run: adopting.run }, session, model, version, () => found.relation.name);
    }
    if (files !== undefined) await recordMarks(adopting, session, model, files);
    if (cursor !== undefined) await recordCursor(session, adopting.run, cursor, at);
    if (clearLog !== undefined) {
      await session.execute(clearLog);
      // Of a source table the log remembers the rows that may still move.
      if (cursor?.counts !== undefined && cursor.watermark !== undefined) {
        const { dialect } = standing.engine.capabilities;
        await session.execute(keepUnsettledSql(model, inTables(relation), cursor.watermark, dialect));
      }
    }
  });
  published.set(model.name, version);
  const proof = files === undefined ? describeProof(model) : describeFiles(files);
  return { model: model.name, outcome: 'adopted', why: proof, rows: version.rows! };
}

function describeProof(model: ManifestModel): string {
  return model.source === undefined
    ? 'name, columns and rows are those of a rebuild'
    : 'it reads its table; what is there now counts as seen';
}

async function recordMarks(
  { run, at }: Adopting,
  session: Parameters<typeof retireFiles>[0],
  model: ManifestModel,
  files: AdoptedFiles,
): Promise<void> {
  await retireFiles(session, model.name);
  await recordFiles(session, run, model.name, files.marks, at);
}

function describeFiles({ proven, other, added, gone }: AdoptedFiles): string {
  const count = (files: number) => (files === 1 ? '1 file' : `${files} files`);
  return [
    `${count(proven)} read again, with the rows that stand`,
    ...(other > 0
      ? [`${count(other)} with other rows: the next run takes ${other === 1 ? 'it' : 'them'} for changed`]
      : []),
    ...(added > 0 ? [`${count(added)} not loaded yet`] : []),
    ...(gone > 0 ? [`${count(gone)} gone, whose rows are kept`] : []),
  ].join('; ');
}

/** A version that has its record may have lost the marks of its files. */
async function completeMarks(adopting: Adopting, model: ManifestModel): Promise<AdoptedModel> {
  const { request, standing, published, write } = adopting;
  const version = published.get(model.name)!;
  const current = standing.versions.get(model.name)!;
  if (model.source?.from !== 'files' || version.fingerprint !== model.fingerprint)
    return describeKnown(standing, model.name);
  if ((await checkFiles(standing, model, current)).length === 0) return describeKnown(standing, model.name);
  const files = await adoptFiles(request, standing, model, version.relation, version.build);
  await write((session) => recordMarks(adopting, session, model, files));
  return { model: model.name, outcome: 'adopted', why: describeFiles(files) };
}

async function giveUp(adopting: Adopting, view: PublishedView, why: string): Promise<AdoptedModel> {
  const { standing, write, run, at, published } = adopting;
  const { model, relation } = view;
  if (relation === undefined) {
    // A view over nothing serves no reader, and keeps its name from being told apart from one that lost its record.
    await write((session) => session.execute(`drop view ${qualify(view.view)}`));
    return { model, outcome: 'absent', why };
  }
  const version = await recordGivenUp(standing, write, run, { ...view, relation }, at);
  published.set(model, version);
  return { model, outcome: 'given-up', why, ...(version.rows === undefined ? {} : { rows: version.rows }) };
}
