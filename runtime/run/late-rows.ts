import { isBeforePeriod, type ManifestModel, periodsBeforeSql, qualify } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { hasKeyAmong } from './apply-rows.ts';
import { logOf, renderIncrement } from './increment-names.ts';
import type { RunContext } from './run-context.ts';
import type { StagedRows } from './stage-rows.ts';
import { changesName, inTables } from './target-names.ts';

/** Periods that late rows touch and that wait for a backfill, since they lie before the bound of `late`. */
export interface Waiting {
  readonly periods: number;
  readonly first: string;
  readonly last: string;
}

/**
 * Where units are keys, what is late shows only in the rows: a key with a changed row in a period before the bound stays as it is, and its periods go to the table of late ones.
 * Periods as units were set aside before they were computed (`stageRows`).
 */
export async function holdLateBack(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  build: number,
  staged: StagedRows,
): Promise<boolean> {
  const { late } = staged.bounds;
  if (late === undefined || staged.unit !== 'key') return staged.isLate;
  const rows = { from: logOf(model), where: `_build = ${build}` };
  const periods = renderIncrement(context, periodsBeforeSql(context.manifest, model, rows, late), staged.names);
  const found = await session.execute(`select count(*) from (${periods}) as late`);
  if (Number(found.rows[0]?.[0] ?? 0) === 0) return false;
  await session.execute(`create table ${qualify(staged.lateTable)} as ${periods}`);
  const before = isBeforePeriod(context.manifest, model, late);
  const older = renderIncrement(context, `select * from ${rows.from} where ${rows.where} and ${before}`, staged.names);
  const log = qualify(changesName(inTables(context.published.get(model.name)!.relation)));
  await session.execute(
    `delete from ${log} where _build = ${build} and ${hasKeyAmong(model, `(${older}) as late where true`)}`,
  );
  return true;
}

export async function readWaiting(session: Session, staged: StagedRows): Promise<Waiting> {
  const found = await session.execute(
    `select count(*), cast(min(period) as varchar), cast(max(period) as varchar) from ${qualify(staged.lateTable)}`,
  );
  const [periods, first, last] = found.rows[0] ?? [];
  return { periods: Number(periods ?? 0), first: String(first), last: String(last) };
}

export function warnOfWaiting(context: RunContext, model: ManifestModel, waiting: Waiting | undefined): void {
  if (waiting === undefined) return;
  const { periods, first, last } = waiting;
  const which =
    periods === 1
      ? `a period older than \`late: ${model.incremental?.late}\` (${first})`
      : `${periods} periods older than \`late: ${model.incremental?.late}\` (${first} to ${last})`;
  context.effects.emit({
    event: 'warning',
    run: context.run.id,
    at: context.effects.clock(),
    model: model.name,
    message: `rows came for ${which}: they are kept above it and not computed; \`etalon backfill --select ${model.name} --from ${first.slice(0, 10)}\` does it`,
  });
}
