import { type ManifestModel, qualify, tellsArrival } from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';
import { withPads } from '../run/hash-key.ts';
import { earlierInstant } from '../run/instants.ts';
import { readWatermark } from '../run/load-files.ts';
import { type Naming, relationOf, render, resolver } from '../run/run-context.ts';
import { countArrivals, findSourceTable, observeTable } from '../run/source-table.ts';
import { inTables, rejectedName } from '../run/target-names.ts';
import { scanSql } from '../run/test-relation.ts';
import { completeThroughOf } from '../run/version-of.ts';
import { inputsOf } from '../schedule/inputs-of.ts';
import type { CursorRecord, VersionRecord } from '../state/records.ts';
import { describeColumns } from './check-versions.ts';
import { compareRows } from './compare-rows.ts';
import { countRows } from './finding.ts';
import { findBuild } from './record-standing.ts';
import { nameOf, type PublishedView, type Standing } from './standing.ts';

export type StandingView = PublishedView & { readonly relation: NonNullable<PublishedView['relation']> };

/** Why what stands cannot be taken for what the definition makes; undefined where nothing speaks against it but, perhaps, its rows. */
export async function whyNotOurs(
  standing: Standing,
  naming: Naming,
  model: ManifestModel,
  { relation }: StandingView,
): Promise<string | undefined> {
  if (findBuild(model, relation.name.table) === undefined) return 'it is of another definition';
  const wrong = describeColumns(model, relation);
  if (wrong !== undefined) return `it ${wrong}`;
  if (model.source?.from === 'table') {
    const table = nameOf(await findSourceTable(standing.engine, model));
    return relation.reads.some((name) => nameOf(name) === table) ? undefined : `it does not read \`${table}\``;
  }
  if (model.source !== undefined) return undefined;
  const absent = inputsOf(model).filter((name) => !naming.published.has(name));
  if (absent.length > 0) return `\`${absent[0]}\`, which it reads, is not there`;
  if (relation.kind !== 'view') return undefined;
  const wanted = new Set(model.reads.map((name) => nameOf(relationOf(naming, name))));
  const other = relation.reads.find((name) => !wanted.has(nameOf(name)));
  return other === undefined ? undefined : `it reads \`${nameOf(other)}\`, which is not published now`;
}

/** Are the rows that stand those of a rebuild? Undefined: they are. */
export async function whyOtherRows(
  standing: Standing,
  naming: Naming,
  model: ManifestModel,
  { relation }: StandingView,
): Promise<string | undefined> {
  if (model.hashes && standing.hashKey === undefined)
    return 'it is computed with the key of `hash:`, which is not known';
  try {
    const session = withPads(standing.engine, standing.hashKey);
    const { difference } = await compareRows(session, naming, model, relation.name.table, false);
    if (difference === undefined) return undefined;
    const { missing, extra } = difference;
    return `its rows are not those of a rebuild: ${countRows(missing)} missing, ${extra.toLocaleString('en-US')} more`;
  } catch (error) {
    if (!(error instanceof EngineError) || (error.kind !== 'sql' && error.kind !== 'data')) throw error;
    return `it could not be computed: ${error.message}`;
  }
}

/** What a run would have recorded of the version. */
export async function describeVersion(
  standing: Standing,
  naming: Naming,
  model: ManifestModel,
  { relation }: StandingView,
  cursor: CursorRecord | undefined,
): Promise<Pick<VersionRecord, 'inputs' | 'rows' | 'rejected' | 'freshThrough' | 'completeThrough'>> {
  const { engine } = standing;
  const completeThrough = await completeOf(standing, naming, model, relation.name.table, cursor);
  const names = resolver(naming, { [model.name]: relation.name });
  const scan = await engine.execute(render(naming, scanSql(model, [], completeThrough), names));
  const [rows, fresh] = scan.rows[0] ?? [];
  const rejected =
    model.source?.from === 'files'
      ? (await engine.execute(`select count(*) from ${qualify(rejectedName(relation.name))}`)).rows[0]
      : undefined;
  return {
    inputs: Object.fromEntries(inputsOf(model).map((name) => [name, naming.published.get(name)!.build])),
    rows: Number(rows ?? 0),
    ...(rejected === undefined ? {} : { rejected: Number(rejected[0] ?? 0) }),
    ...(fresh === null || fresh === undefined ? {} : { freshThrough: String(fresh) }),
    ...(completeThrough === undefined ? {} : { completeThrough }),
  };
}

async function completeOf(
  standing: Standing,
  naming: Naming,
  model: ManifestModel,
  relation: string,
  cursor: CursorRecord | undefined,
): Promise<string | undefined> {
  if (model.source === undefined) return completeThroughOf(naming, model);
  if (model.source.from === 'table') {
    return cursor?.watermark === undefined ? naming.startedAt : earlierInstant(cursor.watermark, naming.startedAt);
  }
  const loaded = await standing.engine.execute(`select max(_loaded_at) from ${qualify(inTables(relation))}`);
  const last = loaded.rows[0]?.[0] ?? null;
  const startedAt = last === null ? naming.startedAt : String(last);
  return readWatermark({ ...naming, startedAt }, standing.engine, model, inTables(relation));
}

/** How far a source table is read: taken before its readers are compared, so that what arrives meanwhile is never taken for seen. */
export async function takeCursor(
  standing: Standing,
  model: ManifestModel,
  build: number,
  now: string,
): Promise<CursorRecord | undefined> {
  if (model.source?.from !== 'table') return undefined;
  const { engine } = standing;
  const seen = await observeTable(engine, model, { cursor: undefined, relation: undefined }, now);
  if (!('rows' in seen)) return undefined;
  const { rows, watermark } = seen;
  const cursor = { model: model.name, build, ...(watermark === undefined ? {} : { watermark }) };
  if (!tellsArrival(model) || watermark === undefined) return { ...cursor, rows };
  const table = await findSourceTable(engine, model);
  const counted = await countArrivals(engine, engine, model, table, watermark, undefined);
  return { ...cursor, rows: counted.rows, counts: counted.counts };
}
