import { beforeAll, expect, it } from 'vitest';
import { parseSelect } from './parse-select.ts';
import { loadParser } from './parser.ts';

beforeAll(loadParser);

it.each([
  ['select extract(millennium from t) as x from raw.t', '`extract` of `millennium`'],
  ['select extract(timezone from t) as x from raw.t', '`extract` of `timezone`'],
  ["select date_trunc('decade', t) as x from raw.t", '`date_trunc` to `decade`'],
  ['select date_trunc(u, t) as x from raw.t', '`date_trunc` to `a computed unit`'],
  ["select to_char(t, 'Month') as x from raw.t", '`to_char` with this format'],
  ["select to_char(n, '999') as x from raw.t", '`to_char` with this format'],
  ["select substring(s from 'a(.)') as x from raw.t", '`substring` by a pattern'],
  ["select regexp_replace(s, 'a', 'b', 'n') as x from raw.t", 'flags other than `g` and `i`'],
  ["select s ~ '(?=a)' as x from raw.t", '`(?` in a regular expression'],
  ["select s ~ '(a)\\1' as x from raw.t", '`\\1` in a regular expression'],
  ["select s ~* '\\mword' as x from raw.t", '`\\m` in a regular expression'],
  ['select j @> k as x from raw.t', 'the operator `@>`'],
  ['select j ? k as x from raw.t', 'the operator `?`'],
  ['select a & b as x from raw.t', 'the operator `&`'],
  ['select |/ a as x from raw.t', 'the operator `|/`'],
  ["select j #>> array['a', k] as x from raw.t", '`#>>` with a path that is not written out'],
  ["select '5 March 2025'::date as x", "`'5 March 2025'` as a date"],
  ["select timestamptz '01/02/2025' as x", "`'01/02/2025'` as a timestamp"],
  ['select generate_series(1, 3) as x', '`generate_series` gives rows'],
  ['select unnest(a) as x from raw.t', '`unnest` gives rows'],
  ['select initcap(s) as x from raw.t', 'the function `initcap`'],
  ['select a::uuid as x from raw.t', 'the type uuid'],
  ['select first(a) as x from raw.t', '`first`'],
  ['select sum(count(*)) as x from raw.t', 'an aggregate stands inside `sum`'],
])('%s', (sql, words) => {
  const start = { offset: 0, line: 1, column: 1 };
  const { select, diagnostics } = parseSelect({ text: sql, span: { file: 'm.sql', start, end: start } });
  expect(select).toBeUndefined();
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]?.message).toContain(words);
});
