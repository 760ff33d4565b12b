import type { Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { RunRecord } from './history-types.ts';
import type { CursorRecord, LoadedFileRecord, StepRecord, VersionRecord } from './records.ts';
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

export const instant = (position: number): string => `cast($${position} as timestamptz)`;
export const orNull = (value: Value | undefined): Value => value ?? null;

/** In a transaction that lets nobody claim, so that no two runs have one number. */
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

/** Runs that died without a word: they claim nothing any more. In a transaction that lets nobody claim. */
export async function recordInterrupted(session: Session, at: string): Promise<void> {
  await session.execute(
    statement(
      `update etalon_state.runs set status = 'interrupted', ended_at = ${instant(1)}
       where status = 'running' and id not in (select run from etalon_state.claimants)`,
      at,
    ),
  );
}

export async function recordStep(session: Session, run: RunHandle, step: StepRecord, at: string): Promise<void> {
  await session.execute(
    statement(
      `insert into etalon_state.steps (run, run_number, model, status, reason, ended_at, seconds, build, rows_out, rows_rejected, files_loaded, sql_hash, error, rows_in, rows_late, rows_future)
       values ($1, $2, $3, $4, $5, ${instant(6)}, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
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
      orNull(step.rowsIn),
      orNull(step.late),
      orNull(step.future),
    ),
  );
}

/** Ends the current version of the model and begins this one. The first build has none before it. */
export async function recordVersion(session: Session, version: VersionRecord): Promise<void> {
  if (version.build > 1) await retireVersion(session, version.model, version.validFrom);
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

/** What is published stays, and is built anew by the next run: no definition has an empty fingerprint. */
export async function giveUpVersion(session: Session, model: string): Promise<void> {
  await session.execute(
    statement("update etalon_state.versions set fingerprint = '' where model = $1 and valid_to is null", model),
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
  if (files.length === 0) return;
  const columns = fileColumns.map(({ name, type, read }, index) => {
    const list = `unnest(string_to_array($${index + 4}, ${between})) as ${name}`;
    return { list, value: type === 'text' ? name : `cast(${name} as ${type})`, values: files.map(read).join('//') };
  });
  await session.execute(
    statement(
      `insert into etalon_state.loaded_files (model, ${fileColumns.map(({ name }) => name).join(', ')}, run, loaded_at, current)
          select $1, ${columns.map(({ value }) => value).join(', ')}, $2, ${instant(3)}, true from (select ${columns.map(({ list }) => list).join(', ')}) as files`,
      model,
      run.id,
      at,
      ...columns.map(({ values }) => values),
    ),
  );
}

/** Hundreds of values are one text, since each by itself costs as much as a row. No path has two slashes in a row. */
const between = "'//'";

const fileColumns: readonly {
  readonly name: string;
  readonly type: 'text' | 'bigint';
  readonly read: (file: LoadedFileRecord) => string | number;
}[] = [
  { name: 'relation', type: 'text', read: (file) => file.relation },
  { name: 'path', type: 'text', read: (file) => file.path },
  { name: 'size', type: 'bigint', read: (file) => file.size },
  { name: 'modified', type: 'text', read: (file) => file.modified },
  { name: 'sha256', type: 'text', read: (file) => file.sha256 },
  { name: 'row_count', type: 'bigint', read: (file) => file.rows },
  { name: 'rejected_count', type: 'bigint', read: (file) => file.rejected },
  { name: 'batch', type: 'bigint', read: (file) => file.batch },
];

export async function retirePaths(session: Session, model: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await session.execute(
    statement(
      `update etalon_state.loaded_files set current = false where model = $1 and current and path in (select unnest(string_to_array($2, ${between})))`,
      model,
      paths.join('//'),
    ),
  );
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
      `insert into etalon_state.cursors (model, build, row_count, watermark, settled, arrived, absent, run, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, ${instant(9)})`,
      cursor.model,
      cursor.build,
      cursor.rows,
      orNull(cursor.watermark),
      orNull(cursor.counts?.settled),
      orNull(cursor.counts?.arrived),
      orNull(cursor.counts?.absent),
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
