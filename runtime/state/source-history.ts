import type { Session } from '../engine/engine.ts';
import { instant } from './record.ts';
import type { SourceHistoryRecord } from './records.ts';
import { defined, statement, toCount, toOptionalText } from './rows.ts';

/** What a source table held when it was last published; undefined where that is not known. */
export async function readSourceHistory(session: Session, model: string): Promise<SourceHistoryRecord | undefined> {
  const found = await session.execute(
    statement(
      'select arrival, month, row_count from etalon_state.source_history where model = $1 order by month',
      model,
    ),
  );
  if (found.rows.length === 0) return undefined;
  return defined({
    arrival: toOptionalText(found.rows[0]?.[0]),
    months: found.rows.map((row) => defined({ month: toOptionalText(row[1]), rows: toCount(row[2]) })),
  });
}

/**
 * Puts counts in the place of those that are there. `counts` is SQL of this engine with `month` and `row_count`; `since`, where given, is SQL of the first month that it counts: what was
 * recorded of earlier ones stays.
 */
export async function recordSourceHistory(
  session: Session,
  source: {
    readonly model: string;
    readonly build: number;
    readonly arrival: string | undefined;
    readonly counts: string;
    readonly since?: string;
  },
  at: string,
): Promise<void> {
  const { model, build, arrival, counts, since } = source;
  const among = since === undefined ? '' : ` and month >= (${since})`;
  await session.execute(statement(`delete from etalon_state.source_history where model = $1${among}`, model));
  await session.execute(
    statement(
      `insert into etalon_state.source_history (model, arrival, month, row_count, build, recorded_at)
       select cast($1 as varchar), cast($2 as varchar), cast(month as date), row_count, cast($3 as bigint), ${instant(4)} from (${counts}) as counted`,
      model,
      arrival ?? null,
      build,
      at,
    ),
  );
}
