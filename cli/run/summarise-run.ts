import type { RunResult, SegmentResult } from '../../runtime/run/run-types.ts';
import type { TestResult } from '../../runtime/state/history-types.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { formatCount } from '../output/format-quantity.ts';
import type { Colours } from '../output/output.ts';

export interface RunTotals {
  readonly models: Readonly<Record<'built' | 'fresh' | 'failed' | 'skipped', number>>;
  /** In the models built by this run. */
  readonly rows: number;
  /** In this run, by sources and by models. */
  readonly rejected: number;
  /** Of what came to sources. */
  readonly late: number;
  readonly future: number;
  readonly tests: Readonly<Record<'passed' | 'warned' | 'failed', number>>;
  readonly segments: Readonly<Record<SegmentResult['status'], number>>;
}

export function allTestResults(result: RunResult): readonly TestResult[] {
  return [...result.steps.flatMap((step) => step.tests), ...result.tests];
}

export function totalRun(result: RunResult): RunTotals {
  const models = { built: 0, fresh: 0, failed: 0, skipped: 0 };
  const tests = { passed: 0, warned: 0, failed: 0 };
  const segments = { evaluated: 0, unchanged: 0, fresh: 0, waiting: 0, failed: 0, skipped: 0 };
  for (const { status } of result.segments) segments[status] += 1;
  const own = result.steps.filter(({ generated }) => generated === undefined);
  for (const step of own) models[step.status] += 1;
  for (const test of allTestResults(result)) tests[test.status === 'error' ? 'failed' : test.status] += 1;
  const built = own.filter((step) => step.status === 'built');
  const sum = (counts: readonly (number | undefined)[]) => counts.reduce<number>((total, n) => total + (n ?? 0), 0);
  return {
    models,
    rows: sum(built.map((step) => step.rows)),
    late: sum(built.map((step) => step.arrivals?.late)),
    future: sum(built.map((step) => step.arrivals?.future)),
    rejected:
      sum(built.map((step) => step.arrivals?.rejected ?? step.rejected)) + sum(result.steps.flatMap(rejectedOf)),
    tests,
    segments,
  };
}

function rejectedOf({ account = [] }: RunResult['steps'][number]): readonly number[] {
  return account.flatMap(({ part, rows }) => (part === 'rejected' ? [rows] : []));
}

export function formatModels({ models, rows, rejected, late, future }: RunTotals, colours: Colours): string {
  const parts = [
    ...(models.built > 0 ? [colours.green(`${models.built} built`)] : []),
    ...(models.fresh > 0 ? [`${models.fresh} fresh`] : []),
    ...(models.failed > 0 ? [colours.red(`${models.failed} failed`)] : []),
    ...(models.skipped > 0 ? [colours.yellow(`${models.skipped} skipped`)] : []),
  ];
  const written = rows > 0 ? `; ${formatCount(rows, 'row')}` : '';
  const told = [
    [rejected, 'rejected'],
    [late, 'late'],
    [future, 'stamped in the future'],
  ] as const;
  const counts = told.flatMap(([count, what]) => (count > 0 ? [`, ${count.toLocaleString('en-US')} ${what}`] : []));
  return `${parts.join(', ') || 'none'}${written}${counts.join('')}`;
}

export function formatTests({ tests }: RunTotals, colours: Colours): string {
  const parts = [
    ...(tests.passed > 0 ? [colours.green(`${tests.passed} passed`)] : []),
    ...(tests.warned > 0 ? [colours.yellow(`${tests.warned} warned`)] : []),
    ...(tests.failed > 0 ? [colours.red(`${tests.failed} failed`)] : []),
  ];
  return parts.join(', ') || 'none to run, nothing changed';
}

/** Undefined where the run had none to see to. */
export function formatSegments({ segments }: RunTotals, colours: Colours): string | undefined {
  const paint = { evaluated: colours.green, failed: colours.red, skipped: colours.yellow, waiting: colours.yellow };
  const parts = Object.entries(segments).flatMap(([status, count]) => {
    const text = `${count} ${status}`;
    return count === 0 ? [] : [status in paint ? paint[status as keyof typeof paint](text) : text];
  });
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The run's own code; 3 where all went well but for warnings and `--fail-on warn` was given. */
export function codeOf(result: RunResult, failOn: unknown, warnings: number): ExitCode {
  if (result.exitCode !== exitCode.done) return result.exitCode;
  const isStale = result.ages.some(({ state }) => state !== 'fresh');
  const warned = warnings > 0 || totalRun(result).tests.warned > 0 || isStale;
  return failOn === 'warn' && warned ? exitCode.warned : exitCode.done;
}
