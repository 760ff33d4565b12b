import {
  type ManifestModel,
  type QualifiedName,
  qualify,
  quoteIdentifier,
  renderSql,
  tellsArrival,
} from '../../compiler/index.ts';
import { EngineError, type LoadResult, type Session } from '../engine/engine.ts';
import { findLoss, type Loss, type SourceHistory } from '../schedule/find-loss.ts';
import type { PlannedStep } from '../schedule/run-plan.ts';
import { readSourceHistory, recordSourceHistory } from '../state/source-history.ts';
import { type RunContext, render, StepError } from './run-context.ts';
import { monthOf, monthsSql, openSince, readTableHistory } from './source-table.ts';
import { inTables } from './target-names.ts';

/** Why a step is blocked; of files that are gone also which rows would go with them. */
export async function describeBlocked(context: RunContext, model: ManifestModel, step: PlannedStep): Promise<string> {
  const version = context.published.get(model.name);
  if (step.gone === undefined || version === undefined) return step.reason;
  const relation = inTables(version.relation);
  const columns = (await context.engine.findRelation(relation))?.columns.map(({ name }) => name) ?? [];
  if (!columns.includes('_file')) return step.reason;
  // The table is that of the definition before.
  const arrival = columns.includes(model.source?.loadedAt ?? '') ? model.source!.loadedAt! : '_loaded_at';
  const day = (end: 'min' | 'max') => `cast(cast(${end}(${quoteIdentifier(arrival)}) as date) as varchar)`;
  try {
    const found = await context.engine.execute({
      sql: `select count(*), ${day('min')}, ${day('max')} from ${qualify(relation)} where _file in (select unnest(string_to_array($1, '//')))`,
      parameters: [step.gone.join('//')],
    });
    const [rows, first, last] = found.rows[0] ?? [];
    if (Number(rows ?? 0) === 0) return step.reason;
    const span = first === last ? `on ${first}` : `from ${first} to ${last}`;
    return `${step.reason}; lost would be ${countRows(Number(rows))}${first === null ? '' : ` that arrived ${span}`}`;
  } catch (error) {
    // A column that says no instant any more: the reason alone must do.
    if (!(error instanceof EngineError) || (error.kind !== 'sql' && error.kind !== 'data')) throw error;
    return step.reason;
  }
}

const shownFiles = 3;

/**
 * A file that is loaded again holds at least the rows, good and rejected, that it held: fewer are a loss.
 * @throws StepError, which undoes the load
 */
export function refuseFewerRows(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  perFile: LoadResult['perFile'],
): void {
  if (!step.guarded) return;
  const known = new Map(context.files.filter((file) => file.model === model.name).map((file) => [file.path, file]));
  const shrunk = perFile.flatMap(({ name, rows, rejected }) => {
    const before = known.get(name);
    const fewer = before === undefined ? 0 : before.rows + before.rejected - rows - rejected;
    return fewer > 0 ? [{ name, fewer }] : [];
  });
  if (shrunk.length === 0) return;
  const names = shrunk.slice(0, shownFiles).map(({ name, fewer }) => `\`${name}\` ${countRows(fewer)}`);
  const more = shrunk.length > shownFiles ? ` and ${shrunk.length - shownFiles} more files` : '';
  throw new StepError(
    `${step.reason}, and its files hold less than was loaded from them: lost would be of ${names.join(', of ')}${more}; put them back, or let the rows go with --accept-loss`,
  );
}

/**
 * A source table that is read anew still holds what it held.
 * @throws StepError that names what it has lost
 */
export async function refuseLostRows(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  table: QualifiedName,
): Promise<void> {
  const version = context.published.get(model.name);
  if (!step.guarded || version === undefined) return;
  const counted: SourceHistory | undefined =
    version.rows === undefined ? undefined : { months: [{ rows: version.rows }] };
  const before = (await readSourceHistory(context.engine, model.name)) ?? counted;
  if (before === undefined) return;
  const loss = findLoss(before, await readTableHistory(context.engine, context.engine, model, table));
  if (loss === undefined) return;
  const name = `${table.schema}.${table.table}`;
  throw new StepError(
    `${step.reason}, and \`${name}\` has lost history: ${describeLoss(loss)}; put them back, or let them go with --accept-loss`,
  );
}

function describeLoss({ rows, months }: Loss): string {
  if (months === undefined) return countRows(rows);
  const [first, last] = [months.first.slice(0, 7), months.last.slice(0, 7)];
  if (months.count === 1) return `${countRows(rows)} that arrived in ${first}`;
  return `${countRows(rows)} that arrived in ${months.count} months from ${first} to ${last}`;
}

function countRows(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`;
}

/** Remembers what the source table holds now; of one that only grew, the months that can have grown. */
export async function recordHistory(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  step: PlannedStep,
  source: { readonly relation: QualifiedName; readonly rows: number },
): Promise<void> {
  const { build, appended } = step;
  const of = { model: model.name, build };
  if (!tellsArrival(model)) {
    const counts = `select cast(null as date) as month, cast(${source.rows} as bigint) as row_count`;
    await recordSourceHistory(session, { ...of, arrival: undefined, counts }, context.startedAt);
    return;
  }
  const arrival = model.source!.loadedAt!;
  const watermark = appended ? context.cursors.get(model.name)?.watermark : undefined;
  const open = watermark === undefined ? undefined : openSince(model, watermark);
  const instant = `cast(${quoteIdentifier(arrival)} as timestamptz)`;
  const counts = render(context, monthsSql(instant, model, open), () => source.relation);
  const first =
    open && renderSql(`select ${monthOf(open)}`, context.engine.capabilities.dialect, () => source.relation);
  const since = first === undefined ? {} : { since: first };
  await recordSourceHistory(session, { ...of, arrival, counts, ...since }, context.startedAt);
}
