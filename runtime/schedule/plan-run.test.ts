import { expect, test } from 'vitest';
import { type SampleModel, type SampleTest, sampleManifest } from '../../tests/conformance/sample-manifest.ts';
import { describeRunPlan, isIdle } from './describe-run-plan.ts';
import { planRun, type RunRequest } from './plan-run.ts';
import type { TargetState } from './target-state.ts';
import { planTest } from './test-marks.ts';

const raw: SampleModel = {
  name: 'raw.a',
  columns: 'id integer',
  source: { from: 'files', pattern: 'data/*.csv', format: 'csv', onChange: 'error' },
};
const clean: SampleModel = { name: 'clean.a', columns: 'id integer', sql: 'select id from raw.a' };
const marts: SampleModel = { name: 'marts.b', columns: 'id integer', sql: 'select id from clean.a' };
const models = [raw, clean, marts];
const file = { name: 'data/1.csv', size: 3, modified: '1', sha256: 'abc' };
const published = { publishedAs: (model: string) => model };

/** A target on which the models were built and the tests passed. */
function built(all: readonly SampleModel[], tests: readonly SampleTest[] = []): TargetState {
  const manifest = sampleManifest(all, tests);
  return {
    versions: manifest.models.map((model) => ({
      model: model.name,
      build: 1,
      fingerprint: model.fingerprint,
      relation: `${model.name}_1`,
      inputs: Object.fromEntries(model.reads.map((name) => [name, 1])),
      since: 1,
    })),
    files: [{ model: 'raw.a', relation: 'raw.a_1', path: file.name, size: 3, modified: '1', sha256: 'abc' }],
    cursors: [],
    tests: manifest.tests.map((test) => ({
      test: test.name,
      checkHash: planTest(test).checkHash,
      inputs: Object.fromEntries(test.reads.map((name) => [name, 1])),
      status: 'passed',
    })),
    failures: {},
    relations: new Set(manifest.models.flatMap((model) => [`etalon_tables.${model.name}_1`, model.name])),
  };
}

function plan(
  all: readonly SampleModel[],
  state: TargetState,
  options: { files?: readonly (typeof file)[]; tests?: readonly SampleTest[] } & Partial<RunRequest> = {},
) {
  const { files = [file], tests = [], ...request } = options;
  return planRun(
    sampleManifest(all, tests),
    state,
    { files: { 'raw.a': files }, tables: {} },
    { ...published, ...request },
  );
}

test('nothing changed: everything is fresh', () => {
  const idle = plan(models, built(models));
  expect(isIdle(idle)).toBe(true);
  expect(describeRunPlan(idle)).toEqual([
    'fresh    raw.a    no new file',
    'fresh    clean.a  nothing changed',
    'fresh    marts.b  nothing changed',
  ]);
});

test('a new file moves all that is below it, with the reason at each', () => {
  const next = plan(models, built(models), { files: [file, { ...file, name: 'data/2.csv', sha256: 'def' }] });
  expect(describeRunPlan(next)).toEqual([
    'build    raw.a    1 new file',
    'build    clean.a  input `raw.a` changes',
    'build    marts.b  input `clean.a` changes',
  ]);
  expect(next.steps.map((step) => step.build)).toEqual([2, 2, 2]);
});

test('a changed definition, a lost table, a failed build and a full refresh each say so', () => {
  const changed = plan([raw, clean, { ...marts, columns: 'id text' }], built(models));
  expect(changed.steps[2]).toMatchObject({ action: 'build', reason: 'the definition changed' });
  const state = built(models);
  const lost = { ...state, relations: new Set([...state.relations].filter((name) => name !== 'marts.b')) };
  expect(plan(models, lost).steps[2]).toMatchObject({ reason: 'its table is gone' });
  const failed = { ...state, failures: { 'marts.b': 'a data test failed' } };
  expect(plan(models, failed).steps[2]).toMatchObject({ reason: 'the last build failed: a data test failed' });
  const forced = plan(models, state, { fullRefresh: true, select: ['marts.b'] });
  expect(forced.steps).toMatchObject([{ model: 'marts.b', action: 'build', reason: 'forced by --full-refresh' }]);
});

test('a test is due when it is new, edited, failed before, or over another build; not otherwise', () => {
  const tests: SampleTest[] = [{ name: 'positive', model: 'marts.b', fails: 'id < 0' }];
  const state = built(models, tests);
  expect(isIdle(plan(models, state, { tests }))).toBe(true);
  const edited = plan(models, state, { tests: [{ ...tests[0]!, fails: 'id < 1' }] });
  expect(edited.steps[2]).toMatchObject({
    action: 'test',
    reason: '1 data test is due: new, edited, failed before, or over other rows',
  });
  const failed = { ...state, tests: state.tests.map((known) => ({ ...known, status: 'failed' as const })) };
  expect(plan(models, failed, { tests }).steps[2]).toMatchObject({ action: 'test' });
  const moved = { ...state, tests: state.tests.map((known) => ({ ...known, inputs: { 'marts.b': 0 } })) };
  expect(plan(models, moved, { tests }).steps[2]).toMatchObject({ action: 'test' });
});

test('a model waits for what its tests read; a test that compares with something below its model runs late', () => {
  const references = {
    name: 'references',
    model: 'clean.a',
    failures: 'select id from clean.a except select id from clean.z',
  };
  const downwards = {
    name: 'downwards',
    model: 'clean.a',
    failures: 'select id from clean.a except select id from marts.b',
  };
  const z: SampleModel = { name: 'clean.z', columns: 'id integer', sql: 'select id from raw.a' };
  const manifest = sampleManifest([raw, z, clean, marts], [references, downwards]);
  const empty: TargetState = { versions: [], files: [], cursors: [], tests: [], failures: {}, relations: new Set() };
  const first = planRun(manifest, empty, { files: {}, tables: {} }, published);
  expect(first.steps.map((step) => step.model)).toEqual(['raw.a', 'clean.z', 'clean.a', 'marts.b']);
  expect(first.steps[2]?.tests.map(({ test: { name } }) => name)).toEqual(['references']);
  expect(first.lateTests.map(({ test: { name } }) => name)).toEqual(['downwards']);
});
