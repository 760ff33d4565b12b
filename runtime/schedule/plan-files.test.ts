import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type FilesToPlan, planFiles } from './plan-files.ts';

const file = (name: string, sha256: string, modified = '1') => ({ name, size: 1, modified, sha256 });
const known = (path: string, sha256: string) => ({
  model: 'raw.a',
  relation: 'r',
  path,
  size: 1,
  modified: '1',
  sha256,
});
const plan = (input: Partial<FilesToPlan>) =>
  planFiles({ observed: [], known: [], onChange: 'error', acceptLoss: false, ...input });

test('new files are loaded, known ones are not', () => {
  expect(plan({ observed: [file('1', 'a'), file('2', 'b')], known: [known('1', 'a')] })).toEqual({
    plan: { anew: false, load: [file('2', 'b')], replace: [], remember: [] },
    reason: '1 new file',
  });
});

test('a touched file is remembered, a moved one too, a copy is loaded', () => {
  const touched = plan({ observed: [file('1', 'a', '2')], known: [known('1', 'a')] });
  expect(touched).toMatchObject({ plan: { load: [], remember: [{ was: '1' }] } });
  const moved = plan({ observed: [file('new', 'a')], known: [known('old', 'a')] });
  expect(moved).toMatchObject({ plan: { load: [], remember: [{ file: file('new', 'a'), was: 'old' }] } });
  const copied = plan({ observed: [file('1', 'a'), file('2', 'a')], known: [known('1', 'a')] });
  expect(copied).toMatchObject({ plan: { load: [file('2', 'a')] } });
  const movedAndCopied = plan({ observed: [file('2', 'a'), file('3', 'a')], known: [known('1', 'a')] });
  expect(movedAndCopied).toMatchObject({ plan: { load: [file('3', 'a')], remember: [{ was: '1' }] } });
});

test('a changed file is an error that names it, or is loaded again', () => {
  const changed = { observed: [file('1', 'b')], known: [known('1', 'a')] };
  expect(plan(changed)).toEqual({
    blocked:
      '`1` changed after it was loaded: a file is loaded once; give new rows a new file, or say `on_change: reload`',
  });
  expect(plan({ ...changed, onChange: 'reload' })).toMatchObject({ plan: { replace: ['1'], load: [file('1', 'b')] } });
});

test('a file that was empty when it was loaded may be written to', () => {
  const filled = {
    observed: [file('1', 'b'), file('2', 'c')],
    known: [known('1', createHash('sha256').digest('hex'))],
  };
  expect(plan(filled)).toEqual({
    plan: { anew: false, load: [file('1', 'b'), file('2', 'c')], replace: ['1'], remember: [] },
    reason: '2 new files',
  });
});

test("files that took each other's names were moved, whatever a changed file would be", () => {
  const rotated = {
    observed: [file('1', 'new'), file('2', 'a'), file('3', 'b')],
    known: [known('1', 'a'), known('2', 'b')],
  };
  const expected = { load: [file('1', 'new')], replace: [], remember: [{ was: '1' }, { was: '2' }] };
  for (const onChange of ['error', 'reload'] as const)
    expect(plan({ ...rotated, onChange })).toMatchObject({ plan: expected });
  expect(plan({ observed: [file('1', 'b'), file('2', 'a')], known: [known('1', 'a'), known('2', 'b')] })).toMatchObject(
    {
      plan: { load: [], replace: [], remember: [{ was: '2' }, { was: '1' }] },
    },
  );
});

test('two files of the same content may both be moved', () => {
  const copies = { observed: [file('3', 'a'), file('4', 'a')], known: [known('1', 'a'), known('2', 'a')] };
  expect(plan(copies)).toMatchObject({ plan: { load: [], remember: [{ was: '1' }, { was: '2' }] } });
});

test('a file that was moved over another takes its place', () => {
  const over = { observed: [file('2', 'a')], known: [known('1', 'a'), known('2', 'b')] };
  expect(plan(over)).toMatchObject({ blocked: expect.stringContaining('`2` changed') });
  expect(plan({ ...over, onChange: 'reload' })).toMatchObject({
    plan: { load: [], replace: ['2'], remember: [{ was: '1' }] },
    reason: '1 changed, loaded again',
  });
});

test('loading anew is refused while loaded files are gone', () => {
  const names = ['1', '2', '3', '4', '5'];
  const gone = { known: names.map((name) => known(name, name)), anew: 'the definition changed' };
  expect(plan(gone)).toEqual({
    blocked:
      'the definition changed, so its files are loaded again, and `1`, `2`, `3` and 2 more are gone: put them back, or let the rows go with --accept-loss',
    gone: names,
  });
  expect(plan({ ...gone, acceptLoss: true })).toMatchObject({ plan: { anew: true, load: [] } });
});

test('a file that has another name now is not gone, each as often as it is there', () => {
  const moved = {
    known: [known('1', 'a'), known('2', 'a'), known('3', 'c')],
    observed: [file('new', 'a'), file('3', 'c')],
    anew: 'the definition changed',
  };
  expect(plan(moved)).toMatchObject({ gone: ['2'] });
  expect(plan({ ...moved, observed: [file('new', 'a'), file('other', 'a'), file('3', 'd')] })).toMatchObject({
    plan: { anew: true },
  });
});
