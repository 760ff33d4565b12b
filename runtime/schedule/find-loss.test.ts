import { expect, test } from 'vitest';
import { findLoss, type SourceHistory } from './find-loss.ts';

const history = (months: Readonly<Record<string, number>>, arrival = 'seen'): SourceHistory => ({
  arrival,
  months: Object.entries(months).map(([month, rows]) => (month === '' ? { rows } : { month, rows })),
});
const before = history({ '2025-01-01': 10, '2025-02-01': 20, '2025-03-01': 30 });

test('nothing is lost where rows stay or come', () => {
  expect(findLoss(before, before)).toBeUndefined();
  expect(findLoss(before, history({ '2025-01-01': 10, '2025-02-01': 21, '2025-03-01': 30, '2025-04-01': 5 }))).toBe(
    undefined,
  );
});

test('a source that begins later has lost its beginning, however many rows came since', () => {
  expect(findLoss(before, history({ '2025-03-01': 30, '2025-04-01': 500 }))).toEqual({
    rows: 30,
    months: { count: 2, first: '2025-01-01', last: '2025-02-01' },
  });
});

test('fewer rows in all are a loss, told by the months that have fewer', () => {
  expect(findLoss(before, history({ '2025-01-01': 10, '2025-02-01': 15, '2025-03-01': 30 }))).toEqual({
    rows: 5,
    months: { count: 1, first: '2025-02-01', last: '2025-02-01' },
  });
  expect(findLoss(before, history({}))).toEqual({
    rows: 60,
    months: { count: 3, first: '2025-01-01', last: '2025-03-01' },
  });
});

test('a row that was updated arrived later, and is not lost', () => {
  expect(findLoss(before, history({ '2025-01-01': 8, '2025-02-01': 20, '2025-03-01': 32 }))).toBeUndefined();
});

test('without an arrival, or with another one, only the number of rows tells', () => {
  const plain = { months: [{ rows: 60 }] };
  expect(findLoss(plain, { months: [{ rows: 60 }] })).toBeUndefined();
  expect(findLoss(plain, { months: [{ rows: 58 }] })).toEqual({ rows: 2 });
  expect(findLoss(before, history({ '2025-06-01': 60 }, 'changed'))).toBeUndefined();
  expect(findLoss(before, history({ '2025-06-01': 1 }, 'changed'))).toEqual({ rows: 59 });
});

test('rows without an arrival are counted too', () => {
  expect(findLoss(history({ '': 5, '2025-01-01': 1 }), history({ '2025-01-01': 1 }))).toEqual({ rows: 5 });
});
