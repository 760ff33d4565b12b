import { describeAccount } from '../../runtime/run/describe-account.ts';
import type { RunEvent, SegmentResult } from '../../runtime/run/run-types.ts';
import type { Context } from '../context.ts';
import { formatCount, formatSeconds } from './format-quantity.ts';
import type { Colours, Output } from './output.ts';

export interface Progress {
  readonly emit: (event: RunEvent) => void;
  /** Removes what is drawn; to be called however the run ended. */
  end(): void;
}

interface RunningModel {
  readonly model: string;
  readonly since: number;
}

const redrawEvery = 100;

/** What a run tells, on standard error: finished models as lines, and on a terminal those that are running, redrawn in place below. */
export function createProgress({ output, stopwatch }: Pick<Context, 'output' | 'stopwatch'>): Progress {
  const running = new Map<string, RunningModel>();
  const counts = { built: 0, fresh: 0, failed: 0, skipped: 0 };
  let models = 0;
  let drawn = 0;
  const erase = () => {
    if (drawn > 0) output.err(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = () => {
    if (!output.live || models === 0) return;
    erase();
    const lines = renderRunning([...running.values()], counts, models, stopwatch(), output);
    output.err(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  const print = (line: string) => {
    erase();
    output.err(`${line}\n`);
    draw();
  };
  const waiting: SegmentResult[] = [];
  const told = new Set<string>();
  const tell = (result: Test) => {
    // The tests of a step are told with it, and some runs tell each on its own as well.
    if (result.status === 'passed' || told.has(result.test)) return;
    told.add(result.test);
    print(renderTest(result, output.errColours));
  };
  const timer = output.live ? setInterval(draw, redrawEvery).unref() : undefined;
  const emit = (event: RunEvent) => {
    switch (event.event) {
      case 'run_started':
        models = event.models;
        break;
      case 'warning':
        print(`${output.errColours.yellow('warning'.padEnd(8))} ${event.model}  ${event.message}`);
        break;
      case 'notice':
        print(`${output.errColours.cyan('notice'.padEnd(8))} ${event.model}  ${event.message}`);
        break;
      case 'waiting':
        print(`${output.errColours.yellow('waiting'.padEnd(8))} ${event.message}`);
        break;
      case 'step_started':
        running.set(event.model, { model: event.model, since: stopwatch() });
        break;
      case 'step_ended':
        running.delete(event.step.model);
        if (event.step.generated === undefined) counts[event.step.status] += 1;
        // What is fresh is counted and not named: an unchanged project of a thousand models says one line.
        if (isTold(event.step)) print(renderStep(event.step, output.errColours));
        for (const result of event.step.tests) tell(result);
        break;
      case 'segment_ended':
        if (event.segment.status === 'waiting') waiting.push(event.segment);
        else if (event.segment.status !== 'fresh') print(renderSegment(event.segment, output.errColours));
        break;
      case 'test_ended':
        tell(event.result);
        break;
      case 'run_ended':
        for (const line of renderWaiting(waiting.splice(0), output.errColours)) print(line);
        models = 0;
        break;
    }
  };
  return {
    emit,
    end: () => {
      clearInterval(timer);
      erase();
    },
  };
}

type Step = Extract<RunEvent, { event: 'step_ended' }>['step'];
type Test = Extract<RunEvent, { event: 'test_ended' }>['result'];

/** What comes with a model says only where rows went, and what went wrong. */
function isTold({ status, generated, account }: Step): boolean {
  return generated === undefined ? status !== 'fresh' : account !== undefined || status === 'failed';
}

function renderStep(step: Step, colours: Colours): string {
  if (step.account && step.generated)
    return `${colours.dim('account'.padEnd(8))} ${step.generated.of}  ${colours.dim(describeAccount(step.account))}`;
  const paint = { built: colours.green, failed: colours.red, skipped: colours.yellow, fresh: colours.dim }[step.status];
  // Of a source those of this load.
  const rejected = step.arrivals?.rejected ?? step.rejected;
  const facts = [
    ...(step.rows === undefined ? [] : [formatCount(step.rows, 'row')]),
    ...(step.arrivals ? describeArrivals(step.arrivals, step.rows) : []),
    ...(rejected ? [`${rejected.toLocaleString('en-US')} rejected`] : []),
    ...(step.repaired ? [describeRepair(step.repaired)] : []),
    ...(step.filesLoaded ? [formatCount(step.filesLoaded, 'file')] : []),
    ...(step.status === 'skipped' ? [] : [formatSeconds(step.seconds)]),
    ...(step.status === 'built' ? [] : [step.error ?? step.reason]),
  ];
  return `${paint(step.status.padEnd(8))} ${step.model}  ${colours.dim(facts.join(', '))}`;
}

/** Until data comes each run finds the same: a line for all that wait for the same instant, with what has not come so far. */
function renderWaiting(results: readonly SegmentResult[], colours: Colours): readonly string[] {
  const groups = new Map<string, { readonly names: string[]; readonly whys: Set<string> }>();
  for (const { segment, reason } of results) {
    const [, what = reason, why] = /^it waits (.*?Z): (.*)$/.exec(reason) ?? [];
    const group = groups.get(what) ?? { names: [], whys: new Set() };
    groups.set(what, group);
    group.names.push(segment);
    if (why !== undefined) group.whys.add(why);
  }
  const few = (all: readonly string[], most: number, between: string) =>
    all.length > most ? `${all.slice(0, most - 1).join(between)} and ${all.length - most + 1} more` : all.join(between);
  return [...groups].map(([what, { names, whys }]) => {
    const why = whys.size === 0 ? '' : `: ${few([...whys], 2, '; ')}`;
    return colours.dim(`${'waiting'.padEnd(8)} ${few(names, 4, ', ')}  ${what}${why}`);
  });
}

function renderSegment(result: SegmentResult, colours: Colours): string {
  const { status, segment, asOf, size, entered, left, lookedAt, whyAll, seconds, reason } = result;
  const paints = { evaluated: colours.green, unchanged: colours.dim, fresh: colours.dim, waiting: colours.dim };
  const paint = { ...paints, failed: colours.red, skipped: colours.yellow }[status];
  const count = (n: number) => n.toLocaleString('en-US');
  const isDone = size !== undefined && entered !== undefined && left !== undefined && lookedAt !== undefined;
  const facts = isDone
    ? [
        `as of ${asOf}`,
        `${count(size)} in it, ${count(entered)} entered, ${count(left)} left`,
        whyAll === undefined ? `${count(lookedAt)} looked at` : `all ${count(lookedAt)} looked at: ${whyAll}`,
        formatSeconds(seconds),
      ]
    : [...(asOf === undefined ? [] : [`as of ${asOf}`]), result.error ?? reason];
  const told = status === 'evaluated' ? facts : [status, ...facts];
  return `${paint('segment'.padEnd(8))} ${segment}  ${colours.dim(told.join(', '))}`;
}

/** What came to a source, where that is not all that it has; and what of it came too late, or too early. */
function describeArrivals(
  { rows, rejected, late, future }: NonNullable<Step['arrivals']>,
  all: number | undefined,
): string[] {
  const count = (n: number) => n.toLocaleString('en-US');
  return [
    ...(rows - rejected === all ? [] : [`${count(rows)} came`]),
    ...(late === 0 ? [] : [`${count(late)} late`]),
    ...(future === 0 ? [] : [`${count(future)} stamped in the future`]),
  ];
}

/** What an incremental model computed again, and what came of it. */
function describeRepair({ unit, units, periods, rows }: NonNullable<Step['repaired']>): string {
  const changed = `${rows === 0 ? 'none' : formatCount(rows, 'row')} changed`;
  if (unit === 'all') return `all compared, ${changed}`;
  if (!periods) return `${formatCount(units, 'key')} computed again, ${changed}`;
  const { by, first, last } = periods;
  return `${formatCount(units, by)} computed again (${first === last ? first : `${first} to ${last}`}), ${changed}`;
}

function renderTest(result: Test, colours: Colours): string {
  const paint = result.status === 'warned' ? colours.yellow : colours.red;
  const found = result.message ?? `${result.failing.toLocaleString('en-US')} of ${formatCount(result.tested, 'row')}`;
  const totals = result.sample.flatMap((row) => describeTotal(row) ?? []).slice(0, shownTotals);
  const lines = totals.map((total) => `\n${' '.repeat(9)}${colours.dim(total)}`);
  return `${paint(result.status.padEnd(8))} ${result.test}  ${colours.dim(found)}${lines.join('')}`;
}

/** Of the totals that differ, enough to begin looking. */
const shownTotals = 3;

/** A total that two sides do not agree on, of which group. Values of single rows stand in no log: those that failed are in `etalon_state.failures`. */
function describeTotal(row: Test['sample'][number]): string | undefined {
  const { left_value: left, right_value: right, ...group } = row;
  if (left === undefined || right === undefined) return undefined;
  const of = Object.entries(group).map(([name, value]) => `${name} ${value ?? 'null'}`);
  return [...of, `left ${left ?? 'nothing'}`, `right ${right ?? 'nothing'}`].join(', ');
}

function renderRunning(
  running: readonly RunningModel[],
  counts: Readonly<Record<Step['status'], number>>,
  models: number,
  now: number,
  output: Output,
): string[] {
  const { cyan, dim } = output.errColours;
  const shown = running.slice(0, 8).map(({ model, since }) => {
    const text = `${model.slice(0, Math.max(10, output.columns - 22))}  ${formatSeconds(now - since)}`;
    return `${cyan('running'.padEnd(8))} ${text}`;
  });
  const more = running.length > shown.length ? [dim(`         and ${running.length - shown.length} more`)] : [];
  const done = counts.built + counts.fresh + counts.failed + counts.skipped;
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const summary = parts.map(([status, count]) => `${count} ${status}`).join(', ');
  return [...shown, ...more, dim(`${done} of ${models} models${summary ? `: ${summary}` : ''}`)];
}
