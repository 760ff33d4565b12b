import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatCanonicalJson } from './canonical-json.ts';
import { formatDate, formatInterval, formatTimestamp } from './format-time.ts';

it('agrees with JavaScript wherever that can count', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -719_162, max: 2_932_896 }),
      fc.integer({ min: 0, max: 86_399_999 }),
      (days, millis) => {
        const iso = new Date(days * 86_400_000 + millis).toISOString();
        expect(formatDate(days)).toBe(iso.slice(0, 10));
        const micros = (BigInt(days) * 86_400_000n + BigInt(millis)) * 1000n;
        expect(formatTimestamp(micros, 'Z')).toBe(`${iso.slice(0, 19)}${iso.slice(19, 23).replace(/[.]?0+$/, '')}Z`);
      },
    ),
  );
});

it.each([
  [0, 'PT0S', 0, 0n],
  [14, 'P1Y2M', 0, 0n],
  [-1, 'P-1M3D', 3, 0n],
  [0, 'PT1H2M3.5S', 0, 3_723_500_000n],
  [0, 'PT-1.5S', 0, -1_500_000n],
])('%i months … is %s', (months, text, days, micros) => {
  expect(formatInterval(months, days, micros)).toBe(text);
});

it('keeps what years and infinities there are', () => {
  expect([formatDate(-719_163), formatDate(2_932_897), formatDate(2_147_483_647)]).toEqual([
    '0001-12-31 BC',
    '10000-01-01',
    'infinity',
  ]);
  expect([formatTimestamp(-1n, 'Z'), formatTimestamp(9_223_372_036_854_775_807n, 'Z')]).toEqual([
    '1969-12-31T23:59:59.999999Z',
    'infinity',
  ]);
});

it.each([
  ['{"b": 1, "a" : [ 1.50, -0, 1e3, 1.5e-3, 12E+1 ] }', '{"a":[1.50,0,1000,0.0015,120],"b":1}'],
  ['{"a":1,"a":2}', '{"a":2}'],
  ['"\\u00e9\\/\\n{}"', '"é/\\n{}"'],
  ['123456789012345678901234567890.123', '123456789012345678901234567890.123'],
  ['[]', '[]'],
  ['[{},[],null,true]', '[{},[],null,true]'],
  [' null ', 'null'],
])('%s is %s', (text, canonical) => {
  expect(formatCanonicalJson(text)).toBe(canonical);
});

it('never changes what JSON says', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(JSON.parse(formatCanonicalJson(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
