import { expect, test } from 'vitest';
import type { ManifestModel, ManifestTest } from '../../compiler/index.ts';
import { findConflicts, type OthersClaim } from './conflicts.ts';
import { type Ground, type Needs, needsOf } from './needs.ts';
import type { PlannedStep } from './run-plan.ts';
import { planTest } from './test-marks.ts';
import { withhold } from './withhold.ts';

const model = (name: string, reads: readonly string[], materialized = 'table') =>
  [name, { name, reads, materialized }] as unknown as readonly [string, ManifestModel];

const ground: Ground = {
  models: new Map([
    model('raw.a', []),
    model('raw.b', []),
    model('clean.view', ['raw.a'], 'view'),
    model('clean.b', ['raw.b']),
    model('marts.a', ['clean.view']),
    model('marts.both', ['clean.view', 'clean.b']),
    model('marts.top', ['marts.both']),
  ]),
  // The view that is published was made of another table than the one that is defined.
  versions: new Map([['clean.view', { relationKind: 'view', inputs: { 'raw.old': 3 } }]]),
};

const checks = (name: string, reads: readonly string[], of?: string): ReturnType<typeof planTest> =>
  planTest({
    name,
    reads,
    severity: 'error',
    max: { rows: 0 },
    ...(of ? { model: of } : {}),
  } as unknown as ManifestTest);

function step(name: string, more: Partial<PlannedStep> = {}): PlannedStep {
  return { kind: 'planned-step', model: name, action: 'build', reason: '', build: 1, after: [], tests: [], ...more };
}

const told = ({ writes, reads }: Needs) => ({ writes: [...writes].sort(), reads: [...reads].sort() });

test('a run needs what it builds, what that reads, and the tables behind views, those that are there and those to come', () => {
  expect(told(needsOf(ground, [step('marts.a')], []))).toEqual({
    writes: ['marts.a'],
    reads: ['clean.view', 'raw.a', 'raw.old'],
  });
});

test('what is fresh is not claimed, unless it is read; what is written is not read besides', () => {
  const steps = [step('raw.b'), step('clean.b'), step('raw.a', { action: 'fresh' }), step('marts.both')];
  expect(told(needsOf(ground, steps, []))).toEqual({
    writes: ['clean.b', 'marts.both', 'raw.b'],
    reads: ['clean.view', 'raw.a', 'raw.old'],
  });
});

test('tests read what they name', () => {
  const guarded = step('raw.a', { tests: [checks('guard', ['clean.b'], 'raw.a')] });
  expect(told(needsOf(ground, [guarded], [checks('span', ['marts.a'])]))).toEqual({
    writes: ['raw.a'],
    reads: ['clean.b', 'marts.a'],
  });
});

const needs: Needs = { writes: new Set(['marts.a']), reads: new Set(['clean.a']) };

test.each<[string, readonly OthersClaim['mode'][], string, boolean]>([
  ['both write it', ['write'], 'marts.a', true],
  ['one writes what the other reads', ['read'], 'marts.a', true],
  ['one reads what the other writes', ['write'], 'clean.a', true],
  ['both read it', ['read'], 'clean.a', false],
  ['they have nothing in common', ['read', 'write'], 'marts.b', false],
  ['one wants everything', ['all'], '', true],
])('%s', (_, modes, name, conflict) => {
  const others = modes.map((mode): OthersClaim => ({ run: 'other', model: name, mode }));
  expect(findConflicts(needs, others).length > 0).toBe(conflict);
});

test('a run leaves to others what they hold, and what stands below it', () => {
  const steps = ['raw.a', 'raw.b', 'clean.view', 'clean.b', 'marts.a', 'marts.both', 'marts.top'].map((name) =>
    step(name, name === 'raw.b' ? { action: 'fresh' } : {}),
  );
  const tests = [
    checks('of b', ['clean.b']),
    checks('of top', ['marts.top', 'clean.b']),
    checks('of held', ['other.x']),
  ];
  const others: readonly OthersClaim[] = [
    { run: 'r1', model: 'raw.b', mode: 'read' },
    { run: 'r2', model: 'clean.view', mode: 'read' },
    { run: 'r2', model: 'other.x', mode: 'write' },
  ];
  const withheld = withhold(ground, { steps, tests }, others, (run) => `run ${run}`);
  expect(Object.fromEntries(withheld.steps)).toEqual({
    'clean.view': '`clean.view` is being read by run r2',
    'marts.a': '`clean.view` was skipped',
    'marts.both': '`clean.view` was skipped',
    'marts.top': '`marts.both` was skipped',
  });
  expect(Object.fromEntries(withheld.tests)).toEqual({
    'of top': '`marts.top` was skipped',
    'of held': '`other.x` is being written by run r2',
  });
});
