import type { Session } from '../engine/engine.ts';
import { instant, orNull, type RunHandle } from './record.ts';
import { defined, statement, toOptionalText, toText } from './rows.ts';

/** A column of a source that is not as it is declared. */
export interface DriftRecord {
  readonly model: string;
  /** As the source calls it where nobody declared it, else as the model does. */
  readonly column: string;
  /** `added`: it is there and not declared. `removed`: it is declared and gone. `retyped`: what stands in it is not what is declared. */
  readonly kind: 'added' | 'removed' | 'retyped';
  /** What it is there, in the language's words; absent where it is gone. */
  readonly type?: string;
  readonly declaredType?: string;
  readonly message: string;
  /** Of one that is used: somebody said that the loss is meant. */
  readonly accepted: boolean;
  readonly run: string;
  readonly since: string;
}

/** Why it is over: it is declared now, the source no longer has it, has it again as declared, it is declared no longer, or its loss was accepted, which is a row of its own. */
export type DriftOutcome = 'declared' | 'gone' | 'back' | 'dropped' | 'accepted';

const columns = 'model, column_name, kind, type, declared_type, message, accepted, run, since';

/** What is not as declared now, of one source or of all; the oldest first. */
export async function readDrift(session: Session, model?: string): Promise<readonly DriftRecord[]> {
  const of = model === undefined ? '' : ' and model = $1';
  const found = await session.execute(
    statement(
      `select ${columns} from etalon_state.source_drift where ended_at is null${of} order by since, model, column_name`,
      ...(model === undefined ? [] : [model]),
    ),
  );
  return found.rows.map((row) =>
    defined({
      model: toText(row[0]),
      column: toText(row[1]),
      kind: toText(row[2]) as DriftRecord['kind'],
      type: toOptionalText(row[3]),
      declaredType: toOptionalText(row[4]),
      message: toText(row[5]),
      accepted: row[6] === true,
      run: toText(row[7]),
      since: toText(row[8]),
    }),
  );
}

export async function recordDrift(session: Session, drift: readonly DriftRecord[]): Promise<void> {
  for (const one of drift) {
    await session.execute(
      statement(
        `insert into etalon_state.source_drift (${columns}) values ($1, $2, $3, $4, $5, $6, cast($7 as boolean), $8, ${instant(9)})`,
        one.model,
        one.column,
        one.kind,
        orNull(one.type),
        orNull(one.declaredType),
        one.message,
        String(one.accepted),
        one.run,
        one.since,
      ),
    );
  }
}

export async function recordDriftEnd(
  session: Session,
  drift: Pick<DriftRecord, 'model' | 'column'>,
  outcome: DriftOutcome,
  run: RunHandle,
  at: string,
): Promise<void> {
  await session.execute(
    statement(
      `update etalon_state.source_drift set ended_at = ${instant(1)}, outcome = $2, ended_run = $3 where model = $4 and column_name = $5 and ended_at is null`,
      at,
      outcome,
      run.id,
      drift.model,
      drift.column,
    ),
  );
}

/** Columns of a source table with their types in the language's words. */
export type SourceColumns = ReadonlyMap<string, string>;

/** As they were when the table was last read; none where it never was. */
export async function readSourceColumns(session: Session, model: string): Promise<SourceColumns> {
  const found = await session.execute(
    statement('select column_name, type from etalon_state.source_columns where model = $1', model),
  );
  return new Map(found.rows.map(([name, type]) => [toText(name), toText(type)]));
}

export async function recordSourceColumns(
  session: Session,
  run: RunHandle,
  model: string,
  found: SourceColumns,
  databaseTypes: SourceColumns,
  at: string,
): Promise<void> {
  await session.execute(statement('delete from etalon_state.source_columns where model = $1', model));
  for (const [name, type] of found) {
    await session.execute(
      statement(
        `insert into etalon_state.source_columns (model, column_name, type, database_type, run, recorded_at) values ($1, $2, $3, $4, $5, ${instant(6)})`,
        model,
        name,
        type,
        orNull(databaseTypes.get(name)),
        run.id,
        at,
      ),
    );
  }
}
