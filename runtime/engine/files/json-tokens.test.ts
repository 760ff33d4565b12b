import { expect, test } from 'vitest';
import { hasLenientToken, hasLongNumber } from './json-tokens.ts';

test.each([
  ['{"a":NaN}', true],
  ['{"a":[1, -Infinity]}', true],
  ['{"a":1,}', true],
  ['[1, ]', true],
  ['{"a":1e12345}', true],
  ['{"id":"84e123456","t":"[1,] nan, inf"}', false],
  ['{"id":"\\"84e123456"}', false],
  ['{"id":"\\\\","n":84e123456}', true],
  ['{"open":"x\n{"n":1e12345}', true],
  ['{"id":"1e12345"}\n{"id":"a,]"}\n{"n":nan}', true],
  ['', false],
])('what DuckDB lets pass in %j: %s', (text, found) => {
  expect(hasLenientToken(Buffer.from(text))).toBe(found);
});

test.each([
  ['{"n":12345678901234567}', true],
  ['{"n":1234567890.1234567}', true],
  ['{"n":123456789012345}', false],
  ['{"id":"1234567890123456789"}', false],
  ['{"id":"1234567890123456789","n":1234567890123456}', true],
  [`{"long":"${'x'.repeat(1000)}","n":1234567890123456}`, true],
  ['1234567890123456', true],
])('digits beyond a double in %j: %s', (text, found) => {
  expect(hasLongNumber(Buffer.from(text))).toBe(found);
});
