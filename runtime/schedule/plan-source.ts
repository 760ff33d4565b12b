import type { ManifestModel } from '../../compiler/index.ts';
import { planFiles } from './plan-files.ts';
import type { FilePlan, PlannedStep } from './run-plan.ts';
import type {
  KnownFile,
  Observed,
  ObservedTable,
  PublishedVersion,
  SeenArrivals,
  TableShape,
  TargetState,
} from './target-state.ts';
import { whyOther } from './why-other.ts';

export interface SourceContext {
  readonly state: TargetState;
  readonly observed: Observed;
  readonly version: PublishedVersion | undefined;
  readonly fullRefresh: boolean;
  readonly acceptLoss: boolean;
  /** Is the relation of the current version there, and the published name? */
  readonly standing: boolean;
}

export type SourceVerdict = Pick<PlannedStep, 'action' | 'reason' | 'gone' | 'guarded'> & {
  readonly files?: FilePlan;
  readonly table?: ObservedTable;
  /** What came to the table or went is known row by row. */
  readonly appended?: boolean;
};

export function planSource(model: ManifestModel, context: SourceContext): SourceVerdict {
  const seen = context.observed.tables[model.name];
  if (seen !== undefined && 'problem' in seen) return { action: 'blocked', reason: seen.problem };
  const verdict = model.source?.from === 'table' ? planTable(model, context) : planFileSource(model, context);
  // What stopped the last look at it is over, and that is written down.
  const hasFailed = context.state.failures[model.name] !== undefined;
  return verdict.action === 'fresh' && hasFailed ? { ...verdict, action: 'load' } : verdict;
}

function whyAnew(model: ManifestModel, context: SourceContext): string | undefined {
  if (context.version === undefined) return 'never loaded';
  if (!context.standing) return 'its table is gone';
  return whyOther(context.version, model) ?? (context.fullRefresh ? 'forced by --full-refresh' : undefined);
}

function planFileSource(model: ManifestModel, context: SourceContext): SourceVerdict {
  const anew = whyAnew(model, context);
  const known = context.state.files.filter((file) => file.model === model.name);
  const unmarked = anew === undefined ? countUnmarked(context.version, known) : undefined;
  if (unmarked !== undefined) return { action: 'blocked', reason: unmarked };
  const planned = planFiles({
    observed: context.observed.files[model.name] ?? [],
    known,
    onChange: model.source?.onChange ?? 'error',
    ...(anew === undefined ? {} : { anew }),
    acceptLoss: context.acceptLoss,
  });
  if ('blocked' in planned) {
    return {
      action: 'blocked',
      reason: planned.blocked,
      ...(planned.gone === undefined ? {} : { gone: planned.gone }),
    };
  }
  const { plan } = planned;
  if (plan.anew || plan.load.length > 0 || plan.replace.length > 0) {
    const reason = plan.anew ? `${planned.reason}: ${countFiles(plan.load.length, model)}` : planned.reason;
    return { action: 'build', reason, files: plan, ...guard(context, plan.anew) };
  }
  if (plan.remember.length > 0) {
    return {
      action: 'load',
      reason: `${countFiles(plan.remember.length, model)} moved or touched, the content is known`,
      files: plan,
    };
  }
  const seen = context.observed.files[model.name] ?? [];
  return { action: 'fresh', reason: seen.length === 0 ? countFiles(0, model) : 'no new file' };
}

/** Rows are never appended to a table whose marks do not account for what is in it. */
function countUnmarked(version: PublishedVersion | undefined, known: readonly KnownFile[]): string | undefined {
  if (version?.rows === undefined || known.some((file) => file.rows === undefined)) return undefined;
  const marked = known.reduce((sum, file) => sum + file.rows!, 0);
  if (marked === version.rows) return undefined;
  return `its table has ${version.rows} rows, the files marked as loaded have ${marked}: \`etalon state verify\` says more, \`etalon state adopt\` looks which files the rows are from, \`etalon state rebuild\` has them loaded again`;
}

/** A version that is published may hold what its source has no longer. */
function guard(context: SourceContext, anew: boolean): Pick<PlannedStep, 'guarded'> {
  return anew && context.standing && !context.acceptLoss ? { guarded: true } : {};
}

function countFiles(count: number, model: ManifestModel): string {
  if (count === 0) return `no file matches \`${model.source?.pattern ?? ''}\``;
  return count === 1 ? '1 file' : `${count} files`;
}

function planTable(model: ManifestModel, context: SourceContext): SourceVerdict {
  const table = context.observed.tables[model.name] ?? { unknown: true };
  const anew = whyAnew(model, context);
  if (anew !== undefined) return { action: 'build', reason: anew, table, ...guard(context, true) };
  if (!('rows' in table)) {
    return { action: 'build', reason: 'its table has no `loaded_at`, so it is taken as changed', table };
  }
  const other = findReshaped(model, table.shape);
  if (other === 'declared') return { action: 'build', reason: 'its columns changed', table };
  const cursor = context.state.cursors.find((known) => known.model === model.name);
  const settled = isSettled(cursor?.counts, table.counts);
  const known = cursor?.counts === undefined || (settled && (table.moved ?? 0) === 0);
  const same = cursor !== undefined && cursor.rows === table.rows && cursor.watermark === table.watermark && known;
  if (same && other === 'others') return { action: 'load', reason: 'columns that are not declared changed', table };
  if (same) return { action: 'fresh', reason: 'no new rows' };
  const more = table.rows - (cursor?.rows ?? 0);
  const appended = settled && table.watermark !== undefined;
  const reason = more > 0 && (appended || cursor?.counts === undefined) ? `${more} new rows` : 'its rows changed';
  return { action: 'build', reason, table, appended };
}

/** Are columns of a table others than when it was last read, and are declared ones among them? */
export function findReshaped(model: ManifestModel, shape: TableShape | undefined): 'declared' | 'others' | undefined {
  // What was never written down has not changed: the next look at the rows writes it down.
  if (shape?.known === undefined) return undefined;
  const { now, known } = shape;
  const changed = [...now.filter((one) => !known.includes(one)), ...known.filter((one) => !now.includes(one))];
  if (changed.length === 0) return undefined;
  const names = new Set(changed.map((one) => one.slice(0, one.indexOf('\t'))));
  const isDeclared = model.columns.some(({ name, from }) => names.has(from ?? name));
  return isDeclared ? 'declared' : 'others';
}

/** Rows of which only the number is known are as many as they were. */
export function isSettled(before: SeenArrivals | undefined, now: SeenArrivals | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  return now.settled === before.settled && now.absent === before.absent;
}
