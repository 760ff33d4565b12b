import {
  dayStartSql,
  hasPeriods,
  type Manifest,
  type ManifestModel,
  periodGrain,
  renderSql,
} from '../../../compiler/index.ts';
import type { Engine, Session } from '../../engine/engine.ts';
import { whyOtherDefinition } from '../../schedule/keyed-fingerprint.ts';
import { orderModels } from '../../schedule/order-models.ts';
import type { PublishedVersion } from '../../schedule/target-state.ts';
import type { BackfillBatch } from '../../state/backfills.ts';

/** The days from one to before another, of the models named; all that can be computed by periods where none are. */
export interface BackfillRequest {
  readonly from: string;
  readonly to: string;
  readonly select?: readonly string[];
  readonly newestFirst?: boolean;
}

/** What a backfill will do, to be shown before it is done. */
export interface BackfillPlan {
  readonly kind: 'backfill-plan';
  readonly from: string;
  readonly to: string;
  readonly newestFirst: boolean;
  readonly models: readonly BackfillModel[];
  /** Models that cannot be computed by periods, and why. */
  readonly refused: readonly { readonly model: string; readonly why: string }[];
}

export interface BackfillModel {
  readonly model: string;
  readonly grain: string;
  /** Periods of the window that the ledger knows, and the rows in them now. */
  readonly periods: number;
  readonly rows: number;
  /** Of the periods, those that late rows touched and that waited for this. */
  readonly late: number;
  readonly batches: readonly BackfillBatch[];
  /** Models below that follow on the run after it, and how. */
  readonly followers: readonly { readonly model: string; readonly how: 'incremental' | 'whole' | 'view' }[];
}

/** Works out what a backfill does to each model. Reads the target's ledger, writes nothing. */
export async function planBackfill(
  engine: Engine,
  manifest: Manifest,
  versions: ReadonlyMap<string, PublishedVersion>,
  request: BackfillRequest,
): Promise<BackfillPlan> {
  const wanted = new Set(request.select ?? manifest.models.filter(hasPeriods).map(({ name }) => name));
  const ordered = orderModels(manifest.models, manifest.tests).names.filter((name) => wanted.has(name));
  const refused: { model: string; why: string }[] = [];
  const models: BackfillModel[] = [];
  let number = 0;
  for (const name of ordered) {
    const model = manifest.models.find((one) => one.name === name)!;
    const version = versions.get(name);
    const why = whyNot(model, version);
    if (why !== undefined || version === undefined) {
      refused.push({ model: name, why: why ?? '' });
      continue;
    }
    const days = await cutWindow(engine, request, model.incremental?.batch);
    const spans = request.newestFirst ? [...days].reverse() : days;
    const batches = spans.map(({ from, to }): BackfillBatch => {
      number += 1;
      return { number, model: name, relation: version.relation, from, to, status: 'planned' };
    });
    const counts = await countWindow(engine, manifest, version.relation, request);
    models.push({
      model: name,
      grain: periodGrain(manifest, model),
      ...counts,
      batches,
      followers: followersOf(manifest, name, wanted),
    });
  }
  const { from, to, newestFirst = false } = request;
  return { kind: 'backfill-plan', from, to, newestFirst, models, refused };
}

function whyNot(model: ManifestModel, version: PublishedVersion | undefined): string | undefined {
  if (model.form === 'source') return 'its rows are loaded, not computed';
  if (model.materialized === 'view') return 'a view is computed when it is read';
  if (model.increment === undefined) return 'it is rebuilt whole: it does not say `incremental`';
  if (model.increment.kind === 'whole') return `it is rebuilt whole: ${model.increment.reason}`;
  if (model.time === undefined) return 'it goes by its key and has no `time`, so no row of it belongs to a period';
  if (model.snapshots > 0) return 'it is rebuilt whole: it keeps snapshots';
  if (version === undefined) return 'it was never built: `etalon run` builds all of it';
  const other = whyOtherDefinition(version.fingerprint, model.fingerprint);
  return other === undefined ? undefined : `${other} since it was built: \`etalon run\` builds all of it`;
}

/** The window in parts of a length; one part where none is declared. */
async function cutWindow(
  session: Session,
  { from, to }: BackfillRequest,
  batch: string | undefined,
): Promise<readonly { readonly from: string; readonly to: string }[]> {
  if (batch === undefined) return [{ from, to }];
  const start = `cast(cast(cast('${from}' as timestamp) + k * interval '${batch}' as date) as varchar)`;
  const found = await session.execute(
    `select distinct day from (select ${start} as day from generate_series(0, 9999) as s(k)) as d where day < '${to}' order by day`,
  );
  const days = found.rows.map(([day]) => String(day));
  return days.map((day, i) => ({ from: day, to: days[i + 1] ?? to }));
}

async function countWindow(
  engine: Engine,
  manifest: Manifest,
  relation: string,
  { from, to }: BackfillRequest,
): Promise<Pick<BackfillModel, 'periods' | 'rows' | 'late'>> {
  const start = (day: string) => {
    return renderSql(dayStartSql(manifest, day), engine.capabilities.dialect, () => ({ schema: '', table: '' }));
  };
  const found = await engine.execute({
    sql: `select count(*), coalesce(sum(p.row_count), 0), count(*) filter (where p.status = 'late') from etalon_state.periods p
          join etalon_state.versions v on v.model = p.model and v.valid_to is null
          where v.relation = $1 and p.period_to > (${start(from)}) and p.period_from < (${start(to)})`,
    parameters: [relation],
  });
  const [periods, rows, late] = (found.rows[0] ?? []).map(Number);
  return { periods: periods ?? 0, rows: rows ?? 0, late: late ?? 0 };
}

/** All that reads a model, at any distance, but for what is backfilled itself. */
function followersOf(manifest: Manifest, name: string, wanted: ReadonlySet<string>): BackfillModel['followers'] {
  const found = new Set([name]);
  const followers: BackfillModel['followers'][number][] = [];
  for (const below of orderModels(manifest.models, manifest.tests).names) {
    const model = manifest.models.find((one) => one.name === below)!;
    if (found.has(below) || !model.reads.some((read) => found.has(read))) continue;
    found.add(below);
    if (wanted.has(below)) continue;
    const how =
      model.materialized === 'view' ? 'view' : model.increment?.kind === 'increment' ? 'incremental' : 'whole';
    followers.push({ model: below, how });
  }
  return followers;
}
