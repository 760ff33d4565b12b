import { findSourceUsers, type ManifestModel } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { type SettledDrift, type SourceLook, settleDrift } from '../schedule/settle-drift.ts';
import type { Arrivals } from '../state/history-types.ts';
import { type DriftRecord, recordDrift, recordDriftEnd } from '../state/source-drift.ts';
import { describeLost, describeOffer, describeRefused, describeRefusedRows } from './describe-drift.ts';
import { nameInSource } from './name-in-source.ts';
import { type RunContext, StepError } from './run-context.ts';

/** What a step has to tell once it has committed. */
export interface Told {
  readonly event: 'warning' | 'notice';
  readonly message: string;
  /** A column that the source lost, or that holds something else: why rows may be refused. */
  readonly isLoss?: true;
}

/**
 * What is new in the columns of a source, and what is over.
 * @throws StepError where a column is gone, or holds something else, that a definition needs; `adviceFor` says how it could be declared instead
 */
export function judgeDrift(
  context: RunContext,
  model: ManifestModel,
  look: SourceLook,
  open: readonly DriftRecord[],
  adviceFor: (columns: readonly string[]) => string | undefined,
): SettledDrift<DriftRecord> {
  const settled = settleDrift(look, {
    open,
    declaredAs: new Map(model.columns.map(({ name }) => [name, nameInSource(model, name)])),
    usersOf: (column) => findSourceUsers(context.manifest, model.name, column),
    acceptLoss: context.acceptLoss,
  });
  if (settled.refused.length > 0) {
    const gone = settled.refused.filter(({ look }) => look.state === 'removed').map(({ look }) => look.column);
    throw new StepError(describeRefused(settled.refused, adviceFor(gone)));
  }
  return settled;
}

/** Writes it down, with the rows that it was found in; gives back what is to be told of it. */
export async function keepDrift(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  { opened, ended }: SettledDrift<DriftRecord>,
): Promise<readonly Told[]> {
  const at = context.startedAt;
  for (const { drift, outcome } of ended) await recordDriftEnd(session, drift, outcome, context.run, at);
  const common = { model: model.name, run: context.run.id, since: at };
  const offers = opened.flatMap((one) => (one.kind === 'added' ? [one.other] : []));
  const told: Told[] = offers.length === 0 ? [] : [{ event: 'notice', message: describeOffer(model, offers) }];
  const records = opened.map((one): DriftRecord => {
    if (one.kind === 'added') {
      const { name: column, type } = one.other;
      return { ...common, column, kind: 'added', type, message: describeOffer(model, [one.other]), accepted: false };
    }
    const message = describeLost(model, one);
    told.push({ event: 'warning', message, isLoss: true });
    const { column, type, declaredType } = one.look;
    const types = { ...(type === undefined ? {} : { type }), ...(declaredType === undefined ? {} : { declaredType }) };
    return { ...common, column, kind: one.kind, ...types, message, accepted: one.accepted };
  });
  await recordDrift(session, records);
  return told;
}

export function tellDrift({ effects, run }: RunContext, model: ManifestModel, told: readonly Told[]): void {
  for (const { event, message } of told) {
    effects.emit({ event, run: run.id, at: effects.clock(), model: model.name, message });
  }
}

/** Some rows that cannot be read are to be expected; where none can, the declaration is of other files. */
export function tellRefused(model: ManifestModel, { rows, rejected, reasons }: Arrivals): readonly Told[] {
  if (rejected === 0 || rejected < rows) return [];
  return [{ event: 'warning', message: describeRefusedRows(model, rejected, reasons) }];
}
