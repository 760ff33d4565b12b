import { expect, test } from 'vitest';
import { statement } from './rows.ts';

test('values stand where their numbers are, as literals of their kind', () => {
  expect(statement('insert into t values ($1, $2, $3, $4)', "it's", 2 ** 53, null, true)).toBe(
    "insert into t values ('it''s', 9007199254740992, NULL, true)",
  );
  expect(statement('values ($2, $10, $1)', 1, 2, 3, 4, 5, 6, 7, 8, 9, 'ten')).toBe("values (2, 'ten', 1)");
});

test('a value is not looked into for numbers of other values', () => {
  expect(statement('values ($1, $2)', 'costs $2', "'$1'")).toBe("values ('costs $2', '''$1''')");
});

test('a zero byte, which PostgreSQL cannot keep, is replaced by its sign', () => {
  expect(statement('values ($1)', 'a\0b')).toBe("values ('a␀b')");
});

test('a place without a value is a fault of ours', () => {
  expect(() => statement('values ($1, $2)', 1)).toThrow('a statement has no value for $2');
});
