import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunEvent, StepResult } from '../../runtime/run/run-types.ts';
import { createOutput } from './output.ts';
import { createProgress } from './progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const common = { run: 'r', at: '2025-01-01T00:00:00Z' } as const;
const started = (model: string): RunEvent => ({ ...common, event: 'step_started', model });
const ended = (model: string, over: Partial<StepResult> = {}): RunEvent => ({
  ...common,
  event: 'step_ended',
  step: { kind: 'step', model, status: 'built', reason: 'new', rows: 1234, seconds: 2, tests: [], ...over },
});
const begin: RunEvent = { ...common, event: 'run_started', models: 3, target: 'duckdb' };

/** A terminal that obeys the two codes that the renderer uses: up, and clear to the end. */
function createScreen(isTTY: boolean, columns = 60) {
  let lines: string[] = [''];
  let now = 0;
  const write = (text: string) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal
    for (const part of text.split(/(\u001b\[\d+[AJ]|\n)/)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal
      const up = /^\u001b\[(\d+)A$/.exec(part);
      if (part === '\n') lines.push('');
      else if (up) lines = [...lines.slice(0, lines.length - 1 - Number(up[1])), ''];
      else if (part !== '\u001b[0J') lines[lines.length - 1] += part;
    }
    return true;
  };
  const output = createOutput({ write }, { write, isTTY, columns }, { NO_COLOR: '1' });
  return {
    progress: createProgress({ output, stopwatch: () => now }),
    tick: (seconds: number) => {
      now += seconds;
      vi.advanceTimersByTime(1000);
    },
    read: () => lines.filter((line) => line !== ''),
  };
}

it('draws what runs below what is done, and leaves only what is done', () => {
  const screen = createScreen(true);
  for (const event of [begin, started('raw.a'), started('raw.b')]) screen.progress.emit(event);
  screen.tick(3);
  expect(screen.read()).toEqual(['running  raw.a  3.0 s', 'running  raw.b  3.0 s', '0 of 3 models']);
  screen.progress.emit(ended('raw.a'));
  screen.tick(1);
  expect(screen.read()).toEqual([
    'built    raw.a  1,234 rows, 2.0 s',
    'running  raw.b  4.0 s',
    '1 of 3 models: 1 built',
  ]);
  screen.progress.emit(ended('raw.b', { status: 'fresh' }));
  screen.progress.end();
  expect(screen.read()).toEqual(['built    raw.a  1,234 rows, 2.0 s']);
});

it('writes plain lines where nothing can be redrawn', () => {
  const screen = createScreen(false);
  for (const event of [begin, started('raw.a'), ended('raw.a')]) screen.progress.emit(event);
  screen.tick(10);
  screen.progress.end();
  expect(screen.read()).toEqual(['built    raw.a  1,234 rows, 2.0 s']);
});

it('names what failed and what warned, each once', () => {
  const screen = createScreen(false);
  const result = {
    kind: 'test-result',
    test: 'raw.a.key',
    severity: 'warn',
    max: { rows: 0 },
    status: 'warned',
    tested: 9,
    failing: 2,
    sample: [],
    seconds: 0,
  } as const;
  screen.progress.emit(ended('raw.a', { tests: [result] }));
  screen.progress.emit({ ...common, event: 'test_ended', result });
  screen.progress.emit(ended('raw.b', { status: 'failed', error: 'no such column' }));
  expect(screen.read().slice(1)).toEqual([
    'warned   raw.a.key  2 of 9 rows',
    'failed   raw.b  1,234 rows, 2.0 s, no such column',
  ]);
});

it('shows some of the totals that differ, and no value of a row', () => {
  const screen = createScreen(false);
  const result = {
    kind: 'test-result',
    test: 'finance',
    severity: 'error',
    max: { rows: 0 },
    status: 'failed',
    tested: 9,
    failing: 4,
    message: 'left agrees with right: 4 of 9 totals fail',
    sample: [
      { day: '2025-01-03', left_value: null, right_value: '10.50' },
      { day: '2025-01-04', left_value: '1.00', right_value: '2.00' },
      { email: '***', day: null },
      { day: '***', left_value: '1.00', right_value: null },
      { day: '2025-01-06' },
    ],
    seconds: 0,
  } as const;
  screen.progress.emit({ ...common, event: 'test_ended', result });
  expect(screen.read().join('\n').split('\n')).toEqual([
    'failed   finance  left agrees with right: 4 of 9 totals fail',
    '         day 2025-01-03, left nothing, right 10.50',
    '         day 2025-01-04, left 1.00, right 2.00',
    '         day ***, left 1.00, right nothing',
  ]);
});

it('tells what a run warns of', () => {
  const screen = createScreen(false);
  screen.progress.emit(begin);
  screen.progress.emit({ ...common, event: 'warning', model: 'raw.a', message: 'no file matches `data/*.csv`' });
  expect(screen.read()).toEqual(['warning  raw.a  no file matches `data/*.csv`']);
});

it('tells what may be of use, and what came to a source of which part', () => {
  const screen = createScreen(false);
  screen.progress.emit(begin);
  const message = 'a column is not declared: `channel`\n  channel: text';
  screen.progress.emit({ ...common, event: 'notice', model: 'raw.a', message });
  const arrivals = { rows: 12, late: 3, future: 1, rejected: 2, reasons: [] };
  screen.progress.emit(ended('raw.a', { rejected: 40, arrivals }));
  screen.progress.emit(ended('raw.b', { arrivals: { ...arrivals, rows: 1236, late: 0, future: 0 } }));
  expect(screen.read()).toEqual([
    'notice   raw.a  a column is not declared: `channel`',
    '  channel: text',
    'built    raw.a  1,234 rows, 12 came, 3 late, 1 stamped in the future, 2 rejected, 2.0 s',
    'built    raw.b  1,234 rows, 2 rejected, 2.0 s',
  ]);
});

it('fits names into a narrow terminal', () => {
  const screen = createScreen(true, 40);
  const long = `marts.${'x'.repeat(80)}`;
  for (const event of [begin, started(long)]) screen.progress.emit(event);
  screen.tick(1);
  expect(screen.read()[0]!.length).toBeLessThan(40);
  screen.progress.end();
  expect(screen.read()).toEqual([]);
});

it('says once what segments wait for', () => {
  const screen = createScreen(false, 200);
  const waits = (segment: string, reason: string): RunEvent => ({
    ...common,
    event: 'segment_ended',
    segment: { kind: 'segment', segment, version: 1, status: 'waiting', reason, seconds: 0 },
  });
  const day = 'it waits for data before 2025-01-02T00:00:00Z: `marts.a` is complete through 2025-01-01T06:00:00Z';
  const same = 'it waits for data before 2025-01-02T00:00:00Z: `marts.b` is not built';
  const other = 'it waits for data before 2025-01-06T00:00:00Z: `marts.b` is not built';
  screen.progress.emit(begin);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
    screen.progress.emit(waits(name, { b: other, c: same }[name] ?? day));
  expect(screen.read()).toEqual([]);
  screen.progress.emit({ ...common, event: 'run_ended', status: 'done', seconds: 1 });
  expect(screen.read()).toEqual([
    `waiting  a, c, d and 2 more  ${day.slice('it waits '.length)}; \`marts.b\` is not built`,
    `waiting  b  ${other.slice('it waits '.length)}`,
  ]);
});
