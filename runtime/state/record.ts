import type { Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { RunRecord } from './history-types.ts';
import type { CursorRecord, LoadedFileRecord, StepRecord, TestRecord, VersionRecord } from './records.ts';
import { buildsToText, statement, toCount } from './rows.ts';

/** The run that the rows belong to. Numbers count up, ids are for people. */
export interface RunHandle {
  readonly id: string;
  readonly number: number;
}

export interface RunStart {
  readonly id: string;
  readonly command: string;
  readonly project: string;
  readonly target: string;
  readonly etalon: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
}

const instant = (position: number): string => `cast($${position} as timestamptz)`;
const orNull = (value: Value | undefined): Value => value ?? null;

export async function recordRunStart(session: Session, run: RunStart): Promise<RunHandle> {
  const last = await session.execute('select coalesce(max(number), 0) from etalon_state.runs');
  const number = toCount(last.rows[0]?.[0]) + 1;
  await session.execute(
    statement(
      `insert into etalon_state.runs (id, number, command, project, target, status, etalon, host, pid, started_at)
       values ($1, $2, $3, $4, $5, 'running', $6, $7, $8, ${instant(9)})`,
      run.id,
      number,
      run.command,
      run.project,
      run.target,
      run.etalon,
      run.host,
      run.pid,
      run.startedAt,
    ),
  );
  return { id: run.id, number };
}

export async function recordRunEnd(
  session: Session,
  run: Pick<RunRecord, 'id' | 'status' | 'built' | 'failed' | 'skipped' | 'testsFailed'> & { readonly endedAt: string },
): Promise<void> {
  await session.execute(
    statement(
      `update etalon_state.runs set status = $1, ended_at = ${instant(2)}, built = $3, failed = $4, skipped = $5, tests_failed = $6 where id = $7`,
      run.status,
      run.endedAt,
      run.built,
      run.failed,
      run.skipped,
      run.testsFailed,
      run.id,
    ),
  );
}

/** Runs that died without a word. */
export async function recordInterrupted(session: Session, runs: readonly string[], at: string): Promise<void> {
  for (const id of runs) {
    await session.execute(
      statement(
        `update etalon_state.runs set status = 'interrupted', ended_at = ${instant(1)} where id = $2 and status = 'running'`,
        at,
        id,
      ),
    );
  }
}

export async function recordStep(session: Session, run: RunHandle, step: StepRecord, at: string): Promise<void> {
  await session.execute(
    statement(
      `insert into etalon_state.steps (run, run_number, model, status, reason, ended_at, seconds, build, rows_out, rows_rejected, files_loaded, sql_hash, error)
       values ($1, $2, $3, $4, $5, ${instant(6)}, $7, $8, $9, $10, $11, $12, $13)`,
      run.id,
      run.number,
      step.model,
      step.status,
      step.reason,
      at,
      step.seconds,
      orNull(step.build),
      orNull(step.rows),
      orNull(step.rejected),
      orNull(step.filesLoaded),
      orNull(step.sqlHash),
      orNull(step.error),
    ),
  );
}

/** Ends the current version of the model and begins this one. */
export async function recordVersion(session: Session, version: VersionRecord): Promise<void> {
  await session.execute(
    statement(
      `update etalon_state.versions set valid_to = ${instant(1)} where model = $2 and valid_to is null`,
      version.validFrom,
      version.model,
    ),
  );
  await session.execute(
    statement(
      `insert into etalon_state.versions (model, build, fingerprint, relation, relation_kind, inputs, row_count, rejected_count, fresh_through, complete_through, valid_from, run)
       values ($1, $2, $3, $4, $5, $6, $7, $8, ${instant(9)}, ${instant(10)}, ${instant(11)}, $12)`,
      version.model,
      version.build,
      version.fingerprint,
      version.relation,
      version.relationKind,
      buildsToText(version.inputs),
      orNull(version.rows),
      orNull(version.rejected),
      orNull(version.freshThrough),
      orNull(version.completeThrough),
      version.validFrom,
      version.run,
    ),
  );
}

/** The model is published no longer. */
export async function retireVersion(session: Session, model: string, at: string): Promise<void> {
  await session.execute(
    statement(
      `update etalon_state.versions set valid_to = ${instant(1)} where model = $2 and valid_to is null`,
      at,
      model,
    ),
  );
}

/** Many rows in one statement: a statement costs a millisecond or two, whatever it holds. */
const rowsPerStatement = 100;

function chunk<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / rowsPerStatement) }, (_, index) =>
    items.slice(index * rowsPerStatement, (index + 1) * rowsPerStatement),
  );
}

/** Marks files as loaded; an earlier mark of the same path is kept, no longer current. */
export async function recordFiles(
  session: Session,
  run: RunHandle,
  model: string,
  files: readonly LoadedFileRecord[],
  at: string,
): Promise<void> {
  await retirePaths(
    session,
    model,
    files.map((file) => file.path),
  );
  for (const part of chunk(files)) {
    const parameters: Value[] = [model, run.id, at];
    const rows = part.map((file) => {
      const { relation, path, size, modified, sha256, rows: good, rejected, batch } = file;
      const values = [relation, path, size, modified, sha256, good, rejected, batch];
      const places = values.map((value, index) => {
        parameters.push(value);
        return fileTypes[index] === 'text' ? `$${parameters.length}` : `cast($${parameters.length} as bigint)`;
      });
      return `($1, ${places.join(', ')}, $2, ${instant(3)}, true)`;
    });
    await session.execute({
      sql: `insert into etalon_state.loaded_files (model, relation, path, size, modified, sha256, row_count, rejected_count, batch, run, loaded_at, current) values ${rows.join(', ')}`,
      parameters,
    });
  }
}

const fileTypes = ['text', 'text', 'bigint', 'text', 'text', 'bigint', 'bigint', 'bigint'];

export async function retirePaths(session: Session, model: string, paths: readonly string[]): Promise<void> {
  for (const part of chunk(paths)) {
    const places = part.map((_, index) => `$${index + 2}`).join(', ');
    await session.execute(
      statement(
        `update etalon_state.loaded_files set current = false where model = $1 and current and path in (${places})`,
        model,
        ...part,
      ),
    );
  }
}

/** The rows of a source are loaded anew: none of its marks holds any longer. */
export async function retireFiles(session: Session, model: string): Promise<void> {
  await session.execute(
    statement('update etalon_state.loaded_files set current = false where model = $1 and current', model),
  );
}

export async function recordCursor(session: Session, run: RunHandle, cursor: CursorRecord, at: string): Promise<void> {
  await session.execute(
    statement(
      `insert into etalon_state.cursors (model, build, row_count, watermark, run, recorded_at) values ($1, $2, $3, $4, $5, ${instant(6)})`,
      cursor.model,
      cursor.build,
      cursor.rows,
      orNull(cursor.watermark),
      run.id,
      at,
    ),
  );
}

export async function recordError(
  session: Session,
  run: RunHandle,
  error: { readonly model: string; readonly kind: string; readonly message: string },
  at: string,
): Promise<void> {
  await session.execute(
    statement(
      `insert into etalon_state.errors (run, model, kind, message, recorded_at) values ($1, $2, $3, $4, ${instant(5)})`,
      run.id,
      error.model,
      error.kind,
      error.message,
      at,
    ),
  );
}

/** A test's verdict and what is kept of its failing rows. */
export async function recordTest(session: Session, run: RunHandle, record: TestRecord, at: string): Promise<void> {
  const { result } = record;
  await session.execute(
    statement(
      `insert into etalon_state.test_results (run, run_number, test, model, severity, max_rows, max_share, status, tested, failing, message, seconds, recorded_at, check_hash, inputs)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, ${instant(13)}, $14, $15)`,
      run.id,
      run.number,
      result.test,
      orNull(result.model),
      result.severity,
      'rows' in result.max ? result.max.rows : null,
      'share' in result.max ? result.max.share : null,
      result.status,
      result.tested,
      result.failing,
      orNull(result.message),
      result.seconds,
      at,
      record.checkHash,
      buildsToText(record.inputs),
    ),
  );
  await recordFailures(session, run, record, at);
}

async function recordFailures(session: Session, run: RunHandle, record: TestRecord, at: string): Promise<void> {
  const { test, model } = record.result;
  for (const part of chunk(record.kept.map((keys, index) => ({ keys, number: index + 1 })))) {
    const parameters: Value[] = [run.id, test, model ?? null, record.reason, at];
    const rows = part.map(({ keys, number }) => {
      parameters.push(number, writeKeys(keys));
      const last = parameters.length;
      return `($1, $2, $3, cast($${last - 1} as bigint), $${last}, $4, ${instant(5)})`;
    });
    await session.execute({
      sql: `insert into etalon_state.failures (run, test, model, number, row_keys, reason, recorded_at) values ${rows.join(', ')}`,
      parameters,
    });
  }
}

function writeKeys(keys: Readonly<Record<string, Value>>): string {
  return JSON.stringify(keys, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
