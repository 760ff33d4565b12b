import type { Session } from '../engine/engine.ts';
import { instant, type RunHandle } from './record.ts';
import type { VersionRecord } from './records.ts';
import { buildsToText, statement } from './rows.ts';

/** `done`: computed as its inputs are. `repaired`: by a backfill, with all that waited for it. `late`: touched by rows that came too late, and not computed again. */
export type PeriodMark = 'done' | 'repaired' | 'late';

/**
 * Writes down the periods that a version computed. `counts` is SQL of this engine with `period_from`, `period_to` and `n`: how many rows there are, or with `isChange` how many more
 * than before. Commits with the rows.
 */
export async function recordPeriods(
  session: Session,
  run: RunHandle,
  version: VersionRecord,
  periods: { readonly counts: string; readonly isChange: boolean; readonly mark: PeriodMark },
): Promise<void> {
  const before = periods.isChange
    ? `left join (select period_from, row_count from (
         select period_from, row_count, row_number() over (partition by period_from order by build desc) as place
         from etalon_state.intervals where relation = $3 and row_count is not null) l where place = 1) b on b.period_from = p.period_from`
    : '';
  const rows = { change: 'coalesce(b.row_count, 0) + p.n', whole: 'p.n', none: 'null' };
  const count = periods.mark === 'late' ? rows.none : periods.isChange ? rows.change : rows.whole;
  await session.execute(
    statement(
      `insert into etalon_state.intervals (model, build, relation, period_from, period_to, status, row_count, input_marks, run, recorded_at)
       select $1, cast($2 as bigint), $3, p.period_from, p.period_to, $4, ${count}, $5, $6, ${instant(7)}
       from (${periods.counts}) p ${periods.mark === 'late' ? '' : before}`,
      version.model,
      version.build,
      version.relation,
      periods.mark,
      buildsToText(version.inputs),
      run.id,
      version.validFrom,
    ),
  );
}

/** Late periods between two instants (SQL that yields each) wait no longer, whether or not their backfill changed a row. */
export async function recordRepaired(
  session: Session,
  run: RunHandle,
  version: VersionRecord,
  span: { readonly from: string; readonly to: string },
): Promise<void> {
  await session.execute(
    statement(
      `insert into etalon_state.intervals (model, build, relation, period_from, period_to, status, row_count, input_marks, run, recorded_at)
       select distinct $1, cast($2 as bigint), $3, period_from, period_to, 'repaired', cast(null as bigint), $4, $5, ${instant(6)}
       from etalon_state.intervals where relation = $3 and status = 'late' and period_to > (${span.from}) and period_from < (${span.to})`,
      version.model,
      version.build,
      version.relation,
      buildsToText(version.inputs),
      run.id,
      version.validFrom,
    ),
  );
}
