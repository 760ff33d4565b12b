import { type ManifestModel, qualify } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { type AccountPart, recordAccount } from '../state/record-account.ts';
import type { VersionRecord } from '../state/records.ts';
import { describeAccount } from './describe-account.ts';
import { type RunContext, StepError } from './run-context.ts';
import { inTables } from './target-names.ts';

const restWords = { where: 'not wanted', time: 'waiting', live: 'came or went while the source was read' } as const;

/**
 * Where the rows that a model is made from went: out, or why not. Taken when its table of what did not come out is published, and committed with it.
 * @throws StepError where rows are not accounted for
 */
export async function takeAccount(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  version: VersionRecord,
): Promise<void> {
  const { generated } = model;
  if (generated?.what !== 'account') return;
  const rowsOf = (name: string) => context.published.get(name)?.rows ?? 0;
  const parts: AccountPart[] = [
    { part: 'in', rows: rowsOf(generated.from!) },
    { part: 'out', rows: rowsOf(generated.of) },
    ...(await readParts(session, version)),
  ];
  const rest = restOf(parts);
  const reasons = generated.rest ?? [];
  if ((rest < 0 && !reasons.includes('live')) || (rest > 0 && reasons.length === 0)) {
    throw new StepError(
      `the account of \`${generated.of}\` does not balance: ${describeAccount(parts)}; ${Math.abs(rest)} rows ${rest > 0 ? 'are not accounted for' : 'are there twice'}`,
    );
  }
  const rule = reasons.map((reason) => restWords[reason]).join(' or ');
  const all: AccountPart[] = reasons.length === 0 ? parts : [...parts, { part: 'rest', rule, rows: rest }];
  await recordAccount(session, context.run, generated.of, version.build, all, version.validFrom);
  context.accounts.set(model.name, all);
}

async function readParts(session: Session, version: VersionRecord): Promise<readonly AccountPart[]> {
  const found = await session.execute(
    `select fate, rule, count(*), coalesce(sum(duplicates), 0) from ${qualify(inTables(version.relation))} group by fate, rule order by fate, rule`,
  );
  const duplicates = found.rows.reduce((sum, row) => sum + Number(row[3] ?? 0), 0);
  const refused = found.rows.flatMap(([fate, rule, rows]): AccountPart[] =>
    fate === null || fate === undefined
      ? []
      : [{ part: fate as 'excluded' | 'rejected', rule: String(rule), rows: Number(rows ?? 0) }],
  );
  return [{ part: 'duplicate', rows: duplicates }, ...refused];
}

function restOf(parts: readonly AccountPart[]): number {
  return parts.reduce((left, { part, rows }) => (part === 'in' ? left + rows : left - rows), 0);
}
