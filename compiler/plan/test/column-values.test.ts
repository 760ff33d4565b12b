import { expect, test } from 'vitest';
import { defineColumnTest, startTestNames } from '../../definition/define-data-test.ts';
import { parseYaml } from '../../source/parse-yaml.ts';
import { planColumnTest } from './column-rule.ts';
import type { TestContext } from './test-plan.ts';

/** The SQL of a test of a column `c`, or what is said of it. */
function planned(type: string, yaml: string): readonly string[] {
  const context = { diagnostics: [], sqlFiles: new Map(), takenSql: new Set(), controlFiles: new Map() };
  const { root } = parseYaml({ kind: 'source-file', path: 'm.yml', text: yaml });
  const definition = defineColumnTest(
    { ...context, takenControls: new Set() } as never,
    startTestNames(),
    'marts.m',
    'c',
    root!,
  );
  const models = new Map([['marts.m', { name: 'marts.m', columns: [{ name: 'c', type, sources: [] }] }]]);
  const diagnostics: Parameters<typeof planColumnTest>[2] = [];
  const body = planColumnTest(definition, { models } as unknown as TestContext, diagnostics);
  expect(body === undefined).toBe(diagnostics.length > 0);
  return body?.check.mode === 'row'
    ? [body.check.fails]
    : diagnostics.map(({ code, message, span }) => `${code} ${span!.start.column} ${message}`);
}

test.each([
  ['decimal(8,2)', 'range: {min: 0.5, max: "10"}', '"c" < 0.5 or "c" > 10'],
  ['integer', 'range: {min: "12345678901234567890"}', '"c" < 12345678901234567890'],
  ['integer', 'range: {max: 2.5}', '"c" > 2.5'],
  ['double', 'range: {min: -1, max: -1}', '"c" < -1 or "c" > -1'],
  ['double', 'accepted: [1, "2.5"]', '"c" is not null and "c" not in (1, 2.5)'],
  ['date', 'range: {min: 2024-02-29}', `"c" < cast('2024-02-29' as date)`],
  ['date', 'accepted: [2024-02-29]', `"c" is not null and "c" not in (cast('2024-02-29' as date))`],
  ['timestamp', 'range: {min: 2025-01-01}', `"c" < cast('2025-01-01' as timestamptz)`],
  [
    'timestamp',
    'range: {min: 2025-01-01T10:00+02:00, max: 2025-01-01 08:00:00Z}',
    `"c" < cast('2025-01-01T10:00+02:00' as timestamptz) or "c" > cast('2025-01-01 08:00:00Z' as timestamptz)`,
  ],
  ['text', 'accepted: ["1", x]', `"c" is not null and "c" not in ('1', 'x')`],
  ['text', 'range: {min: "10", max: "9"}', `"c" < '10' or "c" > '9'`],
  ['boolean', 'accepted: [true]', '"c" is not null and "c" not in (true)'],
])('%s, %s', (type, yaml, wanted) => {
  expect(planned(type, yaml)).toEqual([wanted]);
});

test.each([
  ['decimal(8,2)', 'range: {min: zero}', ['E1407 14 `min`: `c` is decimal(8,2), which the text `zero` is not']],
  ['decimal(8,2)', 'range: {min: 10, max: 9.99}', ['E1205 23 no value of `c` is at least `10` and at most `9.99`']],
  ['decimal(8,2)', 'accepted: [1, x, true]', ['15', '18']],
  ['integer', 'accepted: [1, "2025-01-01"]', ['16']],
  ['date', 'range: {min: 2025-02-30, max: 7}', ['14', '31']],
  ['date', 'range: {min: 2025-01-01T10:00Z}', ['14']],
  ['date', 'range: {min: 2025-02-01, max: 2025-01-31}', ['31']],
  ['timestamp', 'range: {min: yesterday, max: 2025-01-01T25:00Z}', ['14', '30']],
  ['timestamp', 'range: {min: 2025-01-01T10:00+02:00, max: 2025-01-01T07:59:59.9Z}', ['43']],
  ['text', 'accepted: [a, 1, no, false]', ['15', '22']],
  ['boolean', 'accepted: ["true", 1]', ['13', '20']],
  ['boolean', 'range: {min: 0}', ['E1407 1 `range` does not apply: `c` is boolean']],
  ['json', 'accepted: [a]', ['E1407 1 `accepted` does not apply: `c` is json']],
  ['integer', 'matches: "^[0-9]+$"', ['E1407 1 `matches` does not apply: `c` is integer']],
])('%s, %s is refused', (type, yaml, wanted) => {
  // Most are told by their column alone.
  const said = planned(type, yaml).map((each, index) => (wanted[index]?.startsWith('E') ? each : each.split(' ')[1]));
  expect(said).toEqual(wanted);
});
