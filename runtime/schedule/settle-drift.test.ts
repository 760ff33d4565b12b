import { expect, it } from 'vitest';
import type { SourceUser } from '../../compiler/index.ts';
import { type DriftRules, type KnownDrift, type SourceLook, settleDrift } from './settle-drift.ts';

const model: SourceUser = { kind: 'model', name: 'clean.a.x', path: 'models/clean/a.yml', line: 1 };
const own: SourceUser = { kind: 'source', name: 'the key of raw.a', path: 'models/raw/a.yml', line: 1 };
const gone = { column: 'x', state: 'removed', found: 'gone' } as const;
const other = { name: 'new', type: 'text', where: '`f`' };

function settle(look: Partial<SourceLook>, rules: Partial<DriftRules<KnownDrift>> = {}) {
  const { refused, opened, ended } = settleDrift(
    { declared: [], others: [], ...look },
    {
      open: [],
      declaredAs: new Map([
        ['x', 'x'],
        ['order_id', 'Order ID'],
      ]),
      usersOf: () => [],
      acceptLoss: false,
      ...rules,
    },
  );
  return {
    refused: refused.map(({ look }) => look.column),
    opened: opened.map(
      (one) =>
        `${one.kind} ${one.kind === 'added' ? one.other.name : one.look.column}${one.accepted ? ' accepted' : ''}`,
    ),
    ended: ended.map(({ drift, outcome }) => `${drift.column} ${outcome}`),
  };
}
const open = (column: string, kind: KnownDrift['kind'], accepted = false): KnownDrift => ({ column, kind, accepted });
const nothing = { refused: [], opened: [], ended: [] };

it('offers a column once, until it is declared or gone', () => {
  expect(settle({ others: [other] })).toEqual({ ...nothing, opened: ['added new'] });
  expect(settle({ others: [other], names: ['new'] }, { open: [open('new', 'added')] })).toEqual(nothing);
  expect(settle({ names: ['x'] }, { open: [open('new', 'added')] })).toEqual({ ...nothing, ended: ['new gone'] });
  expect(settle({}, { open: [open('new', 'added')] })).toEqual(nothing);
  expect(settle({}, { open: [open('Order ID', 'added')] })).toEqual({ ...nothing, ended: ['Order ID declared'] });
});

it('refuses a lost column that is needed, unless the loss is or was accepted', () => {
  const usersOf = () => [model];
  expect(settle({ declared: [gone] }, { usersOf })).toEqual({ ...nothing, refused: ['x'] });
  expect(settle({ declared: [gone] }, { usersOf, acceptLoss: true })).toEqual({
    ...nothing,
    opened: ['removed x accepted'],
  });
  expect(settle({ declared: [gone] }, { usersOf, open: [open('x', 'removed', true)] })).toEqual(nothing);
  expect(settle({ declared: [gone] }, { usersOf, open: [open('x', 'removed')] })).toEqual({
    ...nothing,
    refused: ['x'],
  });
  expect(settle({ declared: [gone] }, { usersOf, open: [open('x', 'removed')], acceptLoss: true })).toEqual({
    ...nothing,
    opened: ['removed x accepted'],
    ended: ['x accepted'],
  });
});

it('never lets a source be without what it needs itself', () => {
  const rules = { usersOf: () => [own, model], acceptLoss: true, open: [open('x', 'removed', true)] };
  expect(settle({ declared: [gone] }, rules)).toEqual({ ...nothing, refused: ['x'] });
});

it('tells of a lost column that nothing needs once, and ends when it is back, retyped, or declared no longer', () => {
  expect(settle({ declared: [gone] })).toEqual({ ...nothing, opened: ['removed x'] });
  expect(settle({ declared: [gone] }, { open: [open('x', 'removed')] })).toEqual(nothing);
  expect(settle({ declared: [gone] }, { open: [open('x', 'removed', true)] })).toEqual(nothing);
  expect(settle({ declared: [{ column: 'x', state: 'there' }] }, { open: [open('x', 'removed')] })).toEqual({
    ...nothing,
    ended: ['x back'],
  });
  expect(settle({ declared: [{ ...gone, state: 'retyped' }] }, { open: [open('x', 'removed')] })).toEqual({
    ...nothing,
    opened: ['retyped x'],
    ended: ['x back'],
  });
  expect(settle({}, { open: [open('y', 'removed')] })).toEqual({ ...nothing, ended: ['y dropped'] });
});
