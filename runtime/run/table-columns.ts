import type { ManifestModel, QualifiedName } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { columnFits } from '../schedule/column-fits.ts';
import { findReshaped } from '../schedule/plan-source.ts';
import type { ColumnLook, SettledDrift, SourceLook } from '../schedule/settle-drift.ts';
import type { TableShape } from '../schedule/target-state.ts';
import {
  type DriftRecord,
  readDrift,
  readSourceColumns,
  recordSourceColumns,
  type SourceColumns,
} from '../state/source-drift.ts';
import { describeMissing } from './describe-missing.ts';
import { adviceFor } from './file-columns.ts';
import { judgeDrift, keepDrift, type Told } from './keep-drift.ts';
import { nameInSource } from './name-in-source.ts';
import { type RunContext, StepError } from './run-context.ts';

/** The columns of a source table, held to their declaration. */
export interface JudgedTable {
  /** Declared columns that are null in the view, since the table has them no longer, or something else in them. */
  readonly absent: ReadonlySet<string>;
  /** The view that stands was made for other columns. */
  readonly isReshaped: boolean;
  readonly settled: SettledDrift<DriftRecord>;
  readonly found: SourceColumns;
  readonly known: SourceColumns;
}

/**
 * Are the columns of a source table those that are declared? What it had when it was last read says whether one is gone or was never there, and whether one holds something else.
 * @throws StepError where table or column was never there, or where a column is missing that a definition needs
 */
export async function judgeTable(
  context: RunContext,
  model: ManifestModel,
  table: QualifiedName,
): Promise<JudgedTable> {
  const { engine } = context;
  const relation = await engine.findRelation(table);
  if (relation === undefined) throw new StepError((await describeMissing(engine, model, table))!);
  const found = new Map(relation.columns.map(({ name, type }) => [name, type]));
  const known = await readSourceColumns(engine, model.name);
  const open = await readDrift(engine, model.name);
  const lost = new Map(open.filter(({ kind }) => kind !== 'added').map((drift) => [drift.column, drift]));
  const declared = model.columns.flatMap((column) => lookAtColumn(model, column, { table, found, known, lost }));
  const never = declared.filter(({ state, found }) => state === 'removed' && found === undefined);
  if (never.length > 0) throw new StepError((await describeMissing(engine, model, table))!);
  const where = `\`${table.schema}.${table.table}\``;
  const inSource = new Set(model.columns.map((column) => column.from ?? column.name));
  const others = [...found].flatMap(([name, type]) => (inSource.has(name) ? [] : [{ name, type, where }]));
  const look: SourceLook = { declared, others, names: [...found.keys()] };
  const settled = judgeDrift(context, model, look, open, adviceFor(model, [...found.keys()]));
  const absent = new Set(declared.flatMap(({ column, state }) => (state === 'there' ? [] : [column])));
  const isReshaped = absent.size !== lost.size || [...absent].some((column) => !lost.has(column));
  return { absent, isReshaped, settled, found, known };
}

interface Ground {
  readonly table: QualifiedName;
  readonly found: SourceColumns;
  readonly known: SourceColumns;
  readonly lost: ReadonlyMap<string, DriftRecord>;
}

function lookAtColumn(
  model: ManifestModel,
  { name, type: declaredType = 'text' }: ManifestModel['columns'][number],
  { table, found, known, lost }: Ground,
): readonly ColumnLook[] {
  const inSource = nameInSource(model, name);
  const type = found.get(inSource);
  const before = known.get(inSource);
  const where = `\`${table.schema}.${table.table}\``;
  if (type === undefined) {
    const wasThere = before !== undefined || lost.has(name);
    const words = wasThere ? { found: `the column \`${inSource}\` is gone from ${where}` } : {};
    return [{ column: name, state: 'removed', ...words }];
  }
  const moved = before !== undefined && before !== type && columnFits(declaredType, before);
  if (columnFits(declaredType, type) || (!moved && lost.get(name)?.kind !== 'retyped'))
    return [{ column: name, state: 'there' }];
  const words = `the column \`${inSource}\` of ${where} is ${type} now, and ${declaredType} is declared`;
  return [{ column: name, state: 'retyped', type, declaredType, found: words }];
}

/** Writes down what was found, with the view that was made of it; gives back what is to be told. */
export async function keepTable(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  { settled, found, known }: JudgedTable,
  shape: TableShape | undefined,
): Promise<readonly Told[]> {
  const isSame = known.size === found.size && [...found].every(([name, type]) => known.get(name) === type);
  const isSeen = findReshaped(model, shape) === undefined;
  if (!isSame || !isSeen)
    await recordSourceColumns(session, context.run, model.name, found, typesIn(shape), context.startedAt);
  return keepDrift(context, session, model, settled);
}

/** The engine's words for the types of columns, where the look at the rows told them. */
function typesIn(shape: TableShape | undefined): SourceColumns {
  return new Map(shape?.now.map((one) => one.split('\t', 2) as [string, string]));
}
