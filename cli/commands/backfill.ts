import {
  type BackfillOptions,
  openBackfill,
  reopenBackfill,
  runBackfill,
} from '../../runtime/run/backfill/backfill.ts';
import type { BackfillModel, BackfillPlan } from '../../runtime/run/backfill/plan-backfill.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { createNotifier } from '../notify/create-notifier.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount, formatSeconds } from '../output/format-quantity.ts';
import { formatTable } from '../output/format-table.ts';
import { loadProject, type Project } from '../project/load-project.ts';
import { countThreads, getTarget, withTarget } from '../project/open-target.ts';
import { selectNames } from '../project/select-names.ts';
import { createListener } from '../run/execute-run.ts';
import { readPatience } from '../run/patience.ts';
import { readHashKey } from '../run/read-hash-key.ts';
import { codeOf, formatModels, formatTests, totalRun } from '../run/summarise-run.ts';

export const backfill: Command = async (context, _words, flags) => {
  const request = readWindow(context, flags);
  const project = await loadProject(context, flags);
  const selected = flags.select === undefined ? undefined : await selectNames(project.manifest, flags);
  // A plan that is resumed may be of any model.
  const hashKey = await readHashKey(context, project, flags);
  return withTarget(context, project, flags, async (engine) => {
    const target = getTarget(project, flags);
    const shown = createListener(context, flags);
    const notify = await createNotifier(context, project.manifest);
    const options: BackfillOptions = {
      manifest: project.manifest,
      engine,
      target: target.name,
      threads: countThreads(target, flags),
      ...(hashKey ? { hashKey } : {}),
      ...readPatience(flags, false),
      effects: {
        clock: context.clock,
        emit: shown.emit,
        folder: project.folder,
        signal: context.signal,
        ...(notify ? { notify } : {}),
      },
    };
    const opened =
      request.resume === undefined
        ? await openBackfill(options, { ...request.window, ...(selected ? { select: [...selected.models] } : {}) })
        : await reopenBackfill(options, request.resume);
    const isQuiet = flags.json === true || flags.events === true;
    if (opened.plan && !isQuiet) context.output.out(describePlan(context, opened.plan));
    if (opened.id === '') throw nothingToDo(opened.plan!);
    if (!isQuiet) {
      const done = opened.done > 0 ? `, ${opened.done} done before` : '';
      context.output.out(
        `backfill ${opened.id}  ${formatCount(opened.left.length, 'batch', 'batches')} to do${done}\n`,
      );
    }
    if (flags.plan) {
      if (flags.json) context.output.out(formatJson(opened));
      else context.output.out(`to do so: etalon backfill --resume ${opened.id}\n`);
      return exitCode.done;
    }
    return carryOut(context, project, flags, options, opened.id, shown.end);
  });
};

async function carryOut(
  context: Context,
  project: Project,
  flags: Flags,
  options: BackfillOptions,
  id: string,
  end: () => void,
): Promise<ExitCode> {
  const since = context.stopwatch();
  try {
    const result = await runBackfill(options, id);
    const totals = totalRun(result);
    const { output } = context;
    if (flags.json && !flags.events) output.out(formatJson({ backfill: id, ...result, totals }));
    else if (!flags.events) {
      const colours = output.outColours;
      output.out(`models  ${formatModels(totals, colours)}\ntests   ${formatTests(totals, colours)}\n`);
      output.out(`${result.status} in ${formatSeconds(context.stopwatch() - since)}\n`);
    }
    return codeOf(result, flags.failOn, project.diagnostics.length);
  } finally {
    end();
  }
}

interface Window {
  readonly from: string;
  readonly to: string;
  readonly newestFirst: boolean;
}

type Request =
  | { readonly resume: string; readonly window?: never }
  | { readonly resume?: never; readonly window: Window };

function readWindow(context: Context, flags: Flags): Request {
  const resume = flags.resume as string | undefined;
  if (resume !== undefined) {
    const other = ['from', 'to', 'select', 'newestFirst'].find((key) => flags[key] !== undefined);
    if (other === undefined) return { resume };
    throw new CommandFailure(exitCode.usage, '`--resume` goes on with a stored plan, which has its window and models', [
      'leave out the other flags, or leave out `--resume` for a new plan',
    ]);
  }
  const from = readDay('--from', flags.from);
  if (from === undefined) {
    throw new CommandFailure(exitCode.usage, '`--from` is missing: the first day to compute again', [
      'for example: etalon backfill --from 2025-01-01 --to 2025-02-01',
    ]);
  }
  // Two days on, no zone is behind any longer: whatever can have been computed lies before.
  const to = readDay('--to', flags.to) ?? dayAfter(context.clock(), 2);
  if (to <= from) {
    throw new CommandFailure(exitCode.usage, `\`--to ${to}\` does not come after \`--from ${from}\``, [
      '`--to` is the day to end before',
    ]);
  }
  return { window: { from, to, newestFirst: flags.newestFirst === true } };
}

function readDay(flag: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && dayAfter(`${text}T00:00:00Z`, 0) === text;
  if (isDay) return text;
  throw new CommandFailure(exitCode.usage, `\`${flag} ${text}\` is not a day`, ['a day is written 2025-01-31']);
}

function dayAfter(instant: string, days: number): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

function nothingToDo({ refused }: BackfillPlan): CommandFailure {
  return new CommandFailure(
    exitCode.usage,
    'no model of these can be computed by periods',
    refused.map(({ model, why }) => `\`${model}\`: ${why}`),
  );
}

const columns = [
  { title: 'model' },
  { title: 'periods', align: 'right' },
  { title: 'rows now', align: 'right' },
  { title: 'late', align: 'right' },
  { title: 'batches', align: 'right' },
  { title: 'below it' },
] as const;

function describePlan(context: Context, plan: BackfillPlan): string {
  const { outColours } = context.output;
  const number = (count: number) => count.toLocaleString('en-US');
  const rows = plan.models.map((model) => [
    model.model,
    `${number(model.periods)} ${model.grain}${model.periods === 1 ? '' : 's'}`,
    number(model.rows),
    model.late === 0 ? '' : number(model.late),
    number(model.batches.length),
    describeFollowers(model),
  ]);
  const window = `from ${plan.from} to before ${plan.to}${plan.newestFirst ? ', the newest first' : ''}\n`;
  const table = rows.length === 0 ? '' : formatTable(columns, rows, outColours.bold);
  const refused = plan.refused.map(({ model, why }) => `${outColours.yellow('not')}  ${model}: ${why}\n`).join('');
  return `${window}${table}${refused}`;
}

function describeFollowers({ followers }: BackfillModel): string {
  const named = followers.slice(0, 3).map(({ model, how }) => (how === 'whole' ? `${model} (rebuilt whole)` : model));
  const more = followers.length > 3 ? ` and ${followers.length - 3} more` : '';
  return `${named.join(', ')}${more}`;
}
