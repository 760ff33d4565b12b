import type { Session } from '../engine/engine.ts';
import { instant, type RunHandle } from './record.ts';
import { statement, toCount, toText } from './rows.ts';

/** A part of an account: rows that came in or out, or why they did not come out. */
export interface AccountPart {
  readonly part: 'in' | 'out' | 'duplicate' | 'excluded' | 'rejected' | 'rest';
  /** Of `excluded` and `rejected`: the rule. */
  readonly rule?: string;
  readonly rows: number;
}

/** Writes down where the rows of a build went: in = out + all other parts. */
export async function recordAccount(
  session: Session,
  run: RunHandle,
  model: string,
  build: number,
  parts: readonly AccountPart[],
  at: string,
): Promise<void> {
  const rows = parts.map((_, i) => `($${i * 3 + 5}, $${i * 3 + 6}, cast($${i * 3 + 7} as bigint))`).join(', ');
  await session.execute(
    statement(
      `insert into etalon_state.accounts (model, build, part, rule, row_count, run, recorded_at)
       select $1, cast($2 as bigint), p.part, p.rule, p.n, $3, ${instant(4)} from (values ${rows}) as p(part, rule, n)`,
      model,
      build,
      run.id,
      at,
      ...parts.flatMap(({ part, rule, rows: n }) => [part, rule ?? null, n]),
    ),
  );
}

/** The last account of every model that has one. */
export async function readAccounts(session: Session): Promise<ReadonlyMap<string, readonly AccountPart[]>> {
  const found = await session.execute(
    `select model, part, rule, row_count from (
       select a.*, max(build) over (partition by model) as newest from etalon_state.accounts a) l
     where build = newest order by model, part, rule`,
  );
  const accounts = new Map<string, AccountPart[]>();
  for (const [model, part, rule, rows] of found.rows) {
    const own: AccountPart = {
      part: toText(part) as AccountPart['part'],
      ...(rule === null || rule === undefined ? {} : { rule: toText(rule) }),
      rows: toCount(rows),
    };
    const name = toText(model);
    accounts.set(name, [...(accounts.get(name) ?? []), own]);
  }
  return accounts;
}
