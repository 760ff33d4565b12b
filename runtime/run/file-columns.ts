import {
  findSourceUsers,
  formatType,
  type ManifestModel,
  parseType,
  type QualifiedName,
  qualify,
  quoteIdentifier,
} from '../../compiler/index.ts';
import { EngineError, type FoundColumn, type FoundColumns, type LoadResult, type Session } from '../engine/engine.ts';
import { adviseNames } from '../engine/raw-columns.ts';
import type { ColumnLook, SourceLook } from '../schedule/settle-drift.ts';
import type { DriftRecord } from '../state/source-drift.ts';
import { describeEmpty, describeNever, describePartly, describeRefused } from './describe-drift.ts';
import { judgeDrift, keepDrift, type Told } from './keep-drift.ts';
import { nameInSource } from './name-in-source.ts';
import { type RunContext, StepError } from './run-context.ts';

/** Fewer values than these say nothing of a column as a whole. */
const enough = 20;

export interface LoadedColumns {
  readonly model: ManifestModel;
  readonly relation: QualifiedName;
  readonly build: number;
  readonly loaded: LoadResult;
  /** Files were loaded before, and are not loaded again now. */
  readonly hasBefore: boolean;
  readonly open: readonly DriftRecord[];
}

/**
 * Are the columns of the files that were loaded those that are declared? A file that was written before a column was added lacks it rightly; so what counts is the last one. Of JSON lines, in which an
 * absent key is how null is written, and of values that cannot be read, only a column as a whole says something: one that had a value in every row before, and has none in many rows now.
 * @throws StepError where no file has a declared column, or had
 */
async function lookAtFiles(session: Session, columns: LoadedColumns): Promise<SourceLook> {
  const { found } = columns.loaded;
  const declared: ColumnLook[] = [];
  const never: string[] = [];
  for (const column of found.declared) {
    const look = lookAtHeaders(columns, column) ?? (await lookAtValues(session, columns, column));
    if (look === 'never') never.push(column.name);
    else if (look !== undefined) declared.push(look);
  }
  if (never.length > 0) throw new StepError(describeAbsent(columns.model, found, never));
  const others = found.others.map(({ name, type, file }) => ({ name, type: formatType(type), where: `\`${file}\`` }));
  // Of a column in one file the next one says nothing; all files together do.
  const isWhole = !columns.hasBefore && found.files.length > 0;
  return { declared, others, ...(isWhole ? { names: found.others.map(({ name }) => name) } : {}) };
}

/**
 * Holds the columns of files that were loaded to their declaration, and writes down what differs; gives back what is to be told.
 * @throws StepError, which undoes the load, where a column is missing that a definition needs
 */
export async function keepFileDrift(
  context: RunContext,
  session: Session,
  columns: LoadedColumns,
): Promise<readonly Told[]> {
  const { model, open } = columns;
  const { found } = columns.loaded;
  const look = await lookAtFiles(session, columns);
  const settled = judgeDrift(context, model, look, open, adviceFor(model, found.last ?? []));
  const partly = listPartly(found).map((message): Told => ({ event: 'notice', message }));
  const empty = found.empty.length === 0 ? [] : [{ event: 'warning' as const, message: describeEmpty(found.empty) }];
  return [...(await keepDrift(context, session, model, settled)), ...partly, ...empty];
}

/** A file without a required column cannot be read at all; of a source that was read before, it is said who needs the column. */
export function explainLacking(context: RunContext, model: ManifestModel, error: unknown): unknown {
  if (!(error instanceof EngineError) || error.lacking.length === 0) return error;
  const found = `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  const refused = error.lacking.map((column, index) => ({
    look: { column, state: 'removed' as const, ...(index === 0 ? { found } : {}) },
    users: findSourceUsers(context.manifest, model.name, column),
  }));
  return new StepError(describeRefused(refused, undefined));
}

/** Columns that need not be told of again: where all files are loaded, which of them are still there is asked again. */
export function knownColumns(open: readonly DriftRecord[], isWhole: boolean): readonly string[] {
  return isWhole ? [] : open.flatMap(({ kind, column }) => (kind === 'added' ? [column] : []));
}

function describeAbsent(model: ManifestModel, { last = [] }: FoundColumns, never: readonly string[]): string {
  const inSource = never.map((name) => nameInSource(model, name));
  const advice = adviceFor(model, last)(never);
  return `${describeNever(inSource, last)}${advice === undefined ? '' : `; ${advice}`}`;
}

/** How to declare columns that the source may have under other names. */
export function adviceFor(
  model: ManifestModel,
  available: readonly string[],
): (columns: readonly string[]) => string | undefined {
  return (columns) => {
    const missing = model.columns.flatMap(({ name, from, type }) => {
      const known = parseType(type ?? 'text');
      if (!known || !columns.includes(name)) return [];
      return [{ name, type: known, ...(from === undefined ? {} : { from }) }];
    });
    return adviseNames(missing, available);
  };
}

/** Undefined: the files do not say. */
function lookAtHeaders(
  { model, loaded, hasBefore, open }: LoadedColumns,
  { name, absentIn }: FoundColumn,
): ColumnLook | 'never' | undefined {
  const { files } = loaded.found;
  const last = files.at(-1);
  if (last === undefined || !absentIn.includes(last)) return undefined;
  const wasLost = open.some(({ kind, column }) => kind === 'removed' && column === name);
  if (absentIn.length === files.length && !hasBefore && !wasLost) return 'never';
  const found = `the column \`${nameInSource(model, name)}\` is gone from \`${last}\``;
  return { column: name, state: 'removed', found };
}

/** By values: only where there are enough of them, and where all that came before were otherwise. */
async function lookAtValues(
  session: Session,
  columns: LoadedColumns,
  { name, read, refused }: FoundColumn,
): Promise<ColumnLook | undefined> {
  const { model, loaded, hasBefore } = columns;
  const rows = loaded.perFile.reduce((sum, file) => sum + file.rows, 0);
  const there: ColumnLook = { column: name, state: 'there' };
  const tells = loaded.found.files.length > 0;
  if (read > 0) return there;
  const isRefused = refused >= enough;
  const isAbsent = !tells && refused === 0 && rows >= enough;
  if (!hasBefore || (!isRefused && !isAbsent)) return tells && refused === 0 ? there : undefined;
  const before = await countBefore(session, columns, name);
  if (isRefused && before.values > 0) {
    const type = model.columns.find((column) => column.name === name)?.type ?? 'text';
    const found = `not one of ${refused} values of \`${name}\` is ${type}, as those before were`;
    return { column: name, state: 'retyped', declaredType: type, found };
  }
  if (isAbsent && before.rows >= enough && before.values === before.rows) {
    const key = nameInSource(model, name);
    return {
      column: name,
      state: 'removed',
      found: `not one of ${rows} rows has a value of \`${key}\`, and all ${before.rows} before had`,
    };
  }
  return undefined;
}

async function countBefore(
  session: Session,
  { relation, build }: LoadedColumns,
  name: string,
): Promise<{ readonly rows: number; readonly values: number }> {
  const found = await session.execute(
    `select count(*), count(${quoteIdentifier(name)}) from ${qualify(relation)} where _batch <> ${build}`,
  );
  const [rows, values] = (found.rows[0] ?? []).map(Number);
  return { rows: rows ?? 0, values: values ?? 0 };
}

/** Files that lack a column which the last one has: they are older, and rows of them are null there. */
function listPartly({ files, declared }: FoundColumns): readonly string[] {
  const last = files.at(-1);
  return declared.flatMap(({ name, absentIn }) =>
    absentIn.length > 0 && !absentIn.includes(last!) ? [describePartly(name, absentIn, files.length)] : [],
  );
}
