import type { Engine } from '../../runtime/engine/engine.ts';
import { describeAccount } from '../../runtime/run/describe-account.ts';
import { queryState } from '../../runtime/segments/query-state.ts';
import { readLastEvaluations } from '../../runtime/segments/read-last-evaluations.ts';
import type { History, ModelStatus, Problem, SourceDrift } from '../../runtime/state/history-types.ts';
import type { Command, Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';
import { formatTable } from '../output/format-table.ts';
import type { Colours } from '../output/output.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { readTargetHistory, targetExists } from '../project/read-target-history.ts';
import { selectNames } from '../project/select-names.ts';
import { renderStanding, type SegmentStanding, standingOf } from '../segment/segment-standing.ts';

const nothing: History = { runs: [], models: {}, tests: {}, problems: [], drift: [] };

export const status: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  const { manifest } = project;
  const { models, segments: chosen } = await selectNames(manifest, flags);
  const read = async (engine: Engine) => ({
    history: await readTargetHistory(project, target, engine),
    evaluations: await queryState({ engine, manifest, target: target.name }, readLastEvaluations),
  });
  const { history, evaluations = [] } = targetExists(project, target)
    ? await withTarget(context, project, flags, read, { readOnly: true })
    : { history: nothing };
  const segments = standingOf(
    manifest.segments.filter(({ name }) => chosen.has(name)),
    evaluations,
  );
  const rows = manifest.models
    .filter((model) => models.has(model.name) && model.generated === undefined)
    .map((model): ModelStatus => history.models[model.name] ?? { model: model.name, status: 'never' });
  const drift = history.drift.filter(({ model }) => models.has(model));
  const problems = history.problems.filter(({ model }) => model === undefined || models.has(model));
  if (flags.json)
    context.output.out(
      formatJson({ target: target.name, models: rows, segments, problems, drift, runs: history.runs.slice(0, 20) }),
    );
  else printStatus(context, history, rows, segments, problems, drift);
  return exitCode.done;
};

function printStatus(
  { output }: Context,
  history: History,
  rows: readonly ModelStatus[],
  segments: readonly SegmentStanding[],
  problems: readonly Problem[],
  drift: readonly SourceDrift[],
): void {
  const { bold, green, yellow, red, dim } = output.outColours;
  const paint = { ok: green, stale: yellow, failing: red, never: dim };
  const startedAt = new Map(history.runs.map((run) => [run.id, run.startedAt]));
  const cells = rows.map((row) => [
    row.model,
    paint[row.status](row.status),
    row.rows?.toLocaleString('en-US') ?? '',
    row.rejected ? row.rejected.toLocaleString('en-US') : '',
    shortInstant(row.freshThrough),
    shortInstant(row.completeThrough),
    shortInstant(row.builtAt ?? (row.run ? startedAt.get(row.run) : undefined)),
    row.reason ?? '',
  ]);
  const columns = [
    { title: 'model' },
    { title: 'status' },
    { title: 'rows', align: 'right' as const },
    { title: 'rejected', align: 'right' as const },
    { title: 'fresh through' },
    { title: 'complete through' },
    { title: 'last built' },
    { title: 'why' },
  ];
  output.out(formatTable(columns, cells, bold));
  const accounts = rows.flatMap(({ model, account }) => (account ? [[model, describeAccount(account)]] : []));
  if (accounts.length > 0)
    output.out(`\n${formatTable([{ title: 'model' }, { title: 'where its rows went' }], accounts, bold)}`);
  const arrived = rows.flatMap(({ model, arrivals }) =>
    arrivals && arrivals.late + arrivals.future + arrivals.rejected > 0 ? [arrivedCells(model, arrivals)] : [],
  );
  if (arrived.length > 0) output.out(`\n${formatTable(arrivedColumns, arrived, bold)}`);
  if (segments.length > 0) output.out(`\n${renderStanding(segments, bold)}`);
  if (drift.length > 0) output.out(`\n${bold('columns of sources')}\n${renderDrift(drift, output.outColours)}`);
  if (problems.length > 0) output.out(`\n${bold('problems')}\n${renderProblems(problems, history, output.outColours)}`);
  const last = history.runs[0];
  const ended = last
    ? `last run ${last.id}: ${last.status}, ${shortInstant(last.endedAt ?? last.startedAt)} UTC`
    : 'no run yet';
  output.out(`\n${ended}\n`);
}

const arrivedColumns = [
  { title: 'source' },
  ...['came last', 'late', 'in the future', 'refused'].map((title) => ({ title, align: 'right' as const })),
  { title: 'from' },
  { title: 'to' },
  { title: 'why refused' },
];

function arrivedCells(model: string, arrivals: NonNullable<ModelStatus['arrivals']>): string[] {
  const count = (n: number) => (n === 0 ? '' : n.toLocaleString('en-US'));
  const { rows, late, future, rejected, first, last, reasons } = arrivals;
  const counts = [rows.toLocaleString('en-US'), count(late), count(future), count(rejected)];
  const why = reasons.map(({ reason, rows }) => `${reason}: ${rows.toLocaleString('en-US')}`).join('; ');
  return [model, ...counts, shortInstant(first), shortInstant(last), why];
}

/** What nobody declared in one line a source; what is missing in one each. */
function renderDrift(drift: readonly SourceDrift[], { yellow, dim }: Colours): string {
  const added = drift.filter(({ kind }) => kind === 'added');
  const offers = [...new Set(added.map(({ model }) => model))].map((model) => {
    const own = added.filter((one) => one.model === model);
    const names = own.map(({ column, type }) => `${column} (${type})`).join(', ');
    return `${dim('added'.padEnd(8))}  ${model}  not declared: ${names}\n`;
  });
  const missing = drift.filter(({ kind }) => kind !== 'added');
  const lines = missing.map(({ kind, model, since, message }) => {
    return `${yellow(kind.padEnd(8))}  ${model}  since ${shortInstant(since)}  ${dim(message)}\n`;
  });
  return [...lines, ...offers].join('');
}

/** One line for each root cause, the oldest first, and what waits for it below. */
function renderProblems(problems: readonly Problem[], { tests }: History, { red, yellow, dim }: Colours): string {
  const lines = problems.map(({ kind, subject, severity, reason, since, skipped }) => {
    const mark = severity === 'error' ? red(severity.padEnd(5)) : yellow(severity.padEnd(5));
    // The counts of a test are those of the last look.
    const words = (kind === 'test' ? tests[subject]?.message : undefined) ?? reason;
    const waiting =
      skipped.length === 0 ? '' : `; ${formatCount(skipped.length, 'model')} below skipped: ${skipped.join(', ')}`;
    return `${mark}  ${subject}  since ${shortInstant(since)}  ${dim(words + waiting)}\n`;
  });
  return lines.join('');
}

/** `2025-03-01 04:00:07`, in UTC. */
function shortInstant(instant: string | undefined): string {
  return instant === undefined ? '' : instant.replace('T', ' ').slice(0, 19).replace(/Z$/, '');
}
