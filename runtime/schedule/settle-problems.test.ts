import { expect, test } from 'vitest';
import { type FoundProblem, type KnownProblem, newsOf, settleProblems } from './settle-problems.ts';

const problem = (kind: FoundProblem['kind'], subject: string, more: Partial<KnownProblem> = {}): KnownProblem => ({
  kind,
  subject,
  model: kind === 'test' ? subject.split('.').slice(0, 2).join('.') : subject,
  severity: 'error',
  essence: 'fails',
  reason: 'it fails',
  skipped: [],
  ...more,
});

const settle = (
  open: readonly KnownProblem[],
  found: readonly FoundProblem[],
  passed: readonly string[] = [],
  gone: readonly string[] = [],
) => {
  const { opened, ended } = settleProblems(open, {
    found,
    passed: new Set(passed),
    exists: ({ subject }) => !gone.includes(subject),
  });
  return {
    opened: opened.map(({ subject }) => subject),
    ended: ended.map(({ problem: { subject }, outcome }) => `${subject} ${outcome}`),
  };
};

const test1 = problem('test', 'marts.a.x.range');

test('a problem is opened once, and ends when what failed passes', () => {
  expect(settle([], [test1])).toEqual({ opened: ['marts.a.x.range'], ended: [] });
  expect(settle([test1], [{ ...test1, reason: '7 of 9 rows fail' }])).toEqual({ opened: [], ended: [] });
  expect(settle([test1], [], ['test marts.a.x.range'])).toEqual({ opened: [], ended: ['marts.a.x.range passed'] });
});

test('what was not looked at stays open', () => {
  expect(settle([test1], [], ['model marts.a', 'test marts.a.x.unique'])).toEqual({ opened: [], ended: [] });
});

test('another fault of the same subject takes the place of the one before', () => {
  const model = problem('model', 'marts.a', { essence: 'no such column' });
  expect(settle([model], [{ ...model, essence: 'division by zero' }])).toEqual({
    opened: ['marts.a'],
    ended: ['marts.a replaced'],
  });
  expect(settle([{ ...test1, severity: 'warn' }], [test1])).toEqual({
    opened: ['marts.a.x.range'],
    ended: ['marts.a.x.range replaced'],
  });
});

test('a model that is built and fails its tests has not recovered', () => {
  expect(settle([problem('model', 'marts.a')], [test1])).toEqual({
    opened: ['marts.a.x.range'],
    ended: ['marts.a replaced'],
  });
  const warned = { ...test1, severity: 'warn' } as const;
  expect(settle([problem('model', 'marts.a')], [warned], ['model marts.a']).ended).toEqual(['marts.a passed']);
});

test('what left the project is over', () => {
  expect(settle([test1], [], [], ['marts.a.x.range'])).toEqual({ opened: [], ended: ['marts.a.x.range gone'] });
});

test('each problem is told once when it is there and once when it is over', () => {
  const names = (problems: readonly KnownProblem[], on: Parameters<typeof newsOf>[1]) => {
    const { opened, ended } = newsOf(problems, on);
    return [opened.map(({ subject }) => subject), ended.map(({ subject }) => subject)];
  };
  const all = [
    problem('test', 'a'),
    problem('test', 'b', { severity: 'warn' }),
    problem('freshness', 'c', { severity: 'warn' }),
    problem('test', 'd', { toldAt: 't' }),
    problem('test', 'e', { toldAt: 't', endedAt: 't', outcome: 'passed' }),
    problem('test', 'f', { endedAt: 't', outcome: 'passed' }),
    problem('test', 'g', { toldAt: 't', endedAt: 't', outcome: 'replaced' }),
    problem('test', 'h', { toldAt: 't', endedAt: 't', outcome: 'passed', endToldAt: 't' }),
  ];
  expect(names(all, ['error'])).toEqual([['a'], ['e']]);
  expect(names(all, ['error', 'stale'])).toEqual([['a', 'c'], ['e']]);
  expect(names(all, ['warn'])).toEqual([['b'], ['e']]);
});
