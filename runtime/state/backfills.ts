import type { Session } from '../engine/engine.ts';
import { instant, type RunHandle } from './record.ts';
import { statement, toCount, toOptionalCount, toText } from './rows.ts';

/** A part of a backfill: the periods of one model from one day to before another, in one transaction. */
export interface BackfillBatch {
  readonly number: number;
  readonly model: string;
  /** The table that it was planned for: a version built since then needs none of it. */
  readonly relation: string;
  readonly from: string;
  readonly to: string;
  readonly status: 'planned' | 'done';
  /** Rows that came or went, once it is done. */
  readonly changed?: number;
}

/** What is to be computed again, stored before it is begun. */
export interface StoredBackfill {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly newestFirst: boolean;
  readonly batches: readonly BackfillBatch[];
}

type Row = readonly unknown[];

/** Stores a plan under a new id. */
export async function recordBackfill(
  session: Session,
  plan: Omit<StoredBackfill, 'id'>,
  at: string,
): Promise<StoredBackfill> {
  const last = await session.execute('select coalesce(max(number), 0) from etalon_state.backfills');
  const number = toCount(last.rows[0]?.[0]) + 1;
  const id = `b${number}`;
  await session.execute(
    statement(
      `insert into etalon_state.backfills (id, number, day_from, day_to, newest_first, planned_at) values ($1, $2, $3, $4, $5, ${instant(6)})`,
      id,
      number,
      plan.from,
      plan.to,
      plan.newestFirst,
      at,
    ),
  );
  for (const batch of plan.batches) await recordBatch(session, id, batch, undefined, at);
  return { id, ...plan };
}

/** A batch is planned, or done: the second row commits with its rows. */
export async function recordBatch(
  session: Session,
  backfill: string,
  batch: BackfillBatch,
  run: RunHandle | undefined,
  at: string,
): Promise<void> {
  await session.execute(
    statement(
      `insert into etalon_state.backfill_batches (backfill, number, model, relation, day_from, day_to, status, changed, run, recorded_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${instant(10)})`,
      backfill,
      batch.number,
      batch.model,
      batch.relation,
      batch.from,
      batch.to,
      batch.status,
      batch.changed ?? null,
      run?.id ?? null,
      at,
    ),
  );
}

/** A backfill with the last word on each of its batches; undefined where there is none of that id. */
export async function findBackfill(session: Session, id: string): Promise<StoredBackfill | undefined> {
  const found = await session.execute(
    statement('select id, day_from, day_to, newest_first from etalon_state.backfills where id = $1', id),
  );
  const head = found.rows[0];
  return head && toBackfill(session, head);
}

/** The newest backfill with batches that are not done. */
export async function findUnfinished(session: Session): Promise<StoredBackfill | undefined> {
  const found = await session.execute(
    `select id, day_from, day_to, newest_first from etalon_state.backfills b
     where exists (select 1 from etalon_state.backfill_batches p where p.backfill = b.id and p.status = 'planned'
       and not exists (select 1 from etalon_state.backfill_batches d where d.backfill = b.id and d.number = p.number and d.status = 'done'))
     order by number desc limit 1`,
  );
  const head = found.rows[0];
  return head && toBackfill(session, head);
}

async function toBackfill(session: Session, [id, from, to, newestFirst]: Row): Promise<StoredBackfill> {
  const rows = await session.execute(
    statement(
      `select number, model, relation, day_from, day_to, max(case when status = 'done' then 1 else 0 end), max(changed)
       from etalon_state.backfill_batches where backfill = $1 group by number, model, relation, day_from, day_to order by number`,
      toText(id as string),
    ),
  );
  return {
    id: toText(id as string),
    from: toText(from as string),
    to: toText(to as string),
    newestFirst: newestFirst === true,
    batches: rows.rows.map(toBatch),
  };
}

function toBatch([number, model, relation, from, to, done, changed]: Row): BackfillBatch {
  const count = toOptionalCount(changed as number | null);
  return {
    number: toCount(number as number),
    model: toText(model as string),
    relation: toText(relation as string),
    from: toText(from as string),
    to: toText(to as string),
    status: toCount(done as number) === 1 ? 'done' : 'planned',
    ...(count === undefined ? {} : { changed: count }),
  };
}
