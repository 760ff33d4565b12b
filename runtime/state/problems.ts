import type { Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { Problem } from './history-types.ts';
import type { Store } from './open-store.ts';
import { instant, orNull } from './record.ts';
import type { ProblemRecord } from './records.ts';
import { defined, statement, toOptionalText, toText } from './rows.ts';

const columns =
  'id, kind, subject, model, severity, essence, reason, skipped, run, since, told_at, ended_at, outcome, end_told_at';

/** Problems that are open, and those of which the end has not been told; the oldest first. */
export async function readProblems(store: Store): Promise<readonly ProblemRecord[]> {
  // A target that an earlier Etalon wrote has none.
  if (!store.relations.has('etalon_state.problems')) return [];
  const found = await store.session.execute(
    `select ${columns} from etalon_state.problems
     where ended_at is null or (told_at is not null and end_told_at is null and outcome <> 'replaced') order by since, id`,
  );
  return found.rows.map(toRecord);
}

function toRecord(row: readonly Value[]): ProblemRecord {
  return defined({
    id: toText(row[0]),
    kind: toText(row[1]) as ProblemRecord['kind'],
    subject: toText(row[2]),
    model: toOptionalText(row[3]),
    severity: toText(row[4]) as ProblemRecord['severity'],
    essence: toText(row[5]),
    reason: toText(row[6]),
    skipped: JSON.parse(toText(row[7]) || '[]') as readonly string[],
    run: toText(row[8]),
    since: toText(row[9]),
    toldAt: toOptionalText(row[10]),
    endedAt: toOptionalText(row[11]),
    outcome: toOptionalText(row[12]) as ProblemRecord['outcome'],
    endToldAt: toOptionalText(row[13]),
  });
}

/** As it is told: without what only the bookkeeping needs. */
export function toProblem({ kind, subject, model, severity, reason, skipped, run, since }: ProblemRecord): Problem {
  return { kind, subject, ...(model === undefined ? {} : { model }), severity, reason, skipped, run, since };
}

export async function recordProblem(session: Session, problem: ProblemRecord): Promise<void> {
  await session.execute(
    statement(
      `insert into etalon_state.problems (id, kind, subject, model, severity, essence, reason, skipped, run, since)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${instant(10)})`,
      problem.id,
      problem.kind,
      problem.subject,
      orNull(problem.model),
      problem.severity,
      problem.essence,
      problem.reason,
      JSON.stringify(problem.skipped),
      problem.run,
      problem.since,
    ),
  );
}

export async function recordProblemEnd(
  session: Session,
  id: string,
  outcome: NonNullable<ProblemRecord['outcome']>,
  run: string,
  at: string,
): Promise<void> {
  await session.execute(
    statement(
      `update etalon_state.problems set ended_at = ${instant(1)}, outcome = $2, ended_run = $3 where id = $4`,
      at,
      outcome,
      run,
      id,
    ),
  );
}

/** Somebody has been told that it is there, or that it is over. */
export async function recordTold(
  session: Session,
  id: string,
  what: 'told_at' | 'end_told_at',
  at: string,
): Promise<void> {
  await session.execute(statement(`update etalon_state.problems set ${what} = ${instant(1)} where id = $2`, at, id));
}
