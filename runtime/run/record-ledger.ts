import { countPeriodsSql, dayStartSql, type ManifestModel, type NameResolver } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { InPlace } from '../schedule/run-plan.ts';
import { recordPeriods, recordRepaired } from '../state/record-periods.ts';
import type { VersionRecord } from '../state/records.ts';
import { lateOf, logOf, renderIncrement, unitsOf } from './increment-names.ts';
import { type Naming, type RunContext, render } from './run-context.ts';
import type { StagedRows } from './stage-rows.ts';

/** The ledger of a version that was computed whole: every period that it has rows in. */
export async function recordAllPeriods(
  context: Naming & Pick<RunContext, 'run'>,
  session: Session,
  model: ManifestModel,
  version: VersionRecord,
  names: NameResolver,
): Promise<void> {
  const counts = render(context, countPeriodsSql(context.manifest, model, { rows: { from: model.name } }), names);
  await recordPeriods(session, context.run, version, { counts, isChange: false, mark: 'done' });
}

/** The ledger of what was done in place: periods computed, periods whose rows changed, and those that late rows touch and that wait. */
export async function recordChangedPeriods(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  inPlace: InPlace,
  staged: StagedRows,
  version: VersionRecord,
): Promise<void> {
  const { manifest, run } = context;
  const count = 'case when _came then 1 else -1 end';
  const rows = { from: logOf(model), where: `_build = ${version.build}`, count };
  const isPeriods = staged.unit === 'period' && staged.units > 0;
  const told = { rows, ...(isPeriods ? { also: `select period from ${unitsOf(model)}` } : {}) };
  const sql = (canonical: string) => renderIncrement(context, canonical, staged.names);
  const isBackfill = inPlace.kind === 'backfill';
  if (staged.units !== 0) {
    const counts = sql(countPeriodsSql(manifest, model, told));
    await recordPeriods(session, run, version, { counts, isChange: true, mark: isBackfill ? 'repaired' : 'done' });
  }
  if (isBackfill) {
    const [from, to] = [inPlace.from, inPlace.to].map((day) => sql(dayStartSql(manifest, day))) as [string, string];
    await recordRepaired(session, run, version, { from, to });
  }
  if (staged.isLate) {
    const counts = sql(countPeriodsSql(manifest, model, { also: `select period from ${lateOf(model)}` }));
    await recordPeriods(session, run, version, { counts, isChange: false, mark: 'late' });
  }
}
