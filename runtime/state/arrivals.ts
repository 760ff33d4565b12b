import type { Session } from '../engine/engine.ts';
import type { Arrivals } from './history-types.ts';
import { instant, orNull, type RunHandle } from './record.ts';
import { defined, statement, toCount, toOptionalText, toText } from './rows.ts';

/** Writes down what came to a source with a build. */
export async function recordArrivals(
  session: Session,
  run: RunHandle,
  source: { readonly model: string; readonly build: number },
  arrivals: Arrivals,
  at: string,
): Promise<void> {
  const { model, build } = source;
  const { rows, late, future, rejected, first, last, reasons } = arrivals;
  await session.execute(
    statement(
      `insert into etalon_state.source_arrivals (model, build, rows_in, rows_late, rows_future, rows_rejected, first_time, last_time, run, recorded_at)
       values ($1, $2, $3, $4, $5, $6, ${instant(7)}, ${instant(8)}, $9, ${instant(10)})`,
      model,
      build,
      rows,
      late,
      future,
      rejected,
      orNull(first),
      orNull(last),
      run.id,
      at,
    ),
  );
  for (const one of reasons) {
    await session.execute(
      statement(
        `insert into etalon_state.source_rejections (model, build, reason, row_count, run, recorded_at) values ($1, $2, $3, $4, $5, ${instant(6)})`,
        model,
        build,
        one.reason,
        one.rows,
        run.id,
        at,
      ),
    );
  }
}

/** The latest business time of all that came to a source; undefined where none did. */
export async function readLastTime(session: Session, model: string): Promise<string | undefined> {
  const found = await session.execute(
    statement('select max(last_time) from etalon_state.source_arrivals where model = $1', model),
  );
  return toOptionalText(found.rows[0]?.[0]);
}

/** What last came to each source, by its name. */
export async function readLastArrivals(session: Session): Promise<ReadonlyMap<string, Arrivals>> {
  const found = await session.execute(
    `select model, rows_in, rows_late, rows_future, rows_rejected, first_time, last_time from (
       select a.*, max(build) over (partition by model) as newest from etalon_state.source_arrivals a) l
     where build = newest`,
  );
  const rejections = await session.execute(
    `select model, reason, row_count from (
       select r.*, (select max(a.build) from etalon_state.source_arrivals a where a.model = r.model) as newest from etalon_state.source_rejections r) l
     where build = newest order by model, row_count desc, reason`,
  );
  return new Map(
    found.rows.map((row) => {
      const model = toText(row[0]);
      const own = rejections.rows.filter(([name]) => toText(name) === model);
      return [
        model,
        defined({
          rows: toCount(row[1]),
          late: toCount(row[2]),
          future: toCount(row[3]),
          rejected: toCount(row[4]),
          first: toOptionalText(row[5]),
          last: toOptionalText(row[6]),
          reasons: own.map(([, reason, rows]) => ({ reason: toText(reason), rows: toCount(rows) })),
        }),
      ];
    }),
  );
}
