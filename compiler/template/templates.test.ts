import { describe, expect, it } from 'vitest';
import type { SourceFile, SqlText } from '../source/source-file.ts';
import { createTemplates } from './templates.ts';

function file(text: string, offset = 0): SqlText {
  const start = { offset, line: 1, column: 1 };
  return { text, span: { file: 'm.sql', start, end: { offset: offset + text.length, line: 1, column: 1 } } };
}

const vars = {
  internal_domain: "ex'ample.test",
  channels: ['ads', "o'mail"],
  days: 28,
  flag: false,
  none: [],
  order: 'order',
  steps: [
    { name: 'a', at: 1 },
    { name: 'b', at: 2 },
  ],
};
const partial = (path: string, text: string): SourceFile => ({ kind: 'source-file', path, text });
const templates = createTemplates({
  partials: {
    paid_filter: partial('models/_partials/paid_filter.sql', "status = {{literal 'paid'}}"),
    sum_of: partial('models/_partials/sum_of.sql', 'sum({{ident column}}) as {{ident as}}'),
  },
  vars,
});
const render = (text: string): string => {
  const { text: result, diagnostics } = templates.render(file(text));
  expect(diagnostics).toEqual([]);
  return result.text;
};
const complaint = (text: string): string[] => {
  const { diagnostics } = templates.render(file(text));
  expect(diagnostics).toHaveLength(1);
  const [{ code, message, span, hints }] = diagnostics as [(typeof diagnostics)[0]];
  return [`${code} ${span?.start.line}:${span?.start.column} ${message}`, hints[0] ?? ''];
};

describe('values go in by typed helpers', () => {
  it.each([
    ['x = \'{{var "internal_domain"}}\'', "x = 'ex''ample.test'"],
    ['limit {{var "days"}}', 'limit 28'],
    ['x in ({{list channels}})', "x in ('ads', 'o''mail')"],
    ['select 1 as {{ident order}}', 'select 1 as "order"'],
    ['{{literal internal_domain}}', "'ex''ample.test'"],
    ['t < {{run_at}}', 't < etalon_run_at()'],
    ['{{#each channels}}{{literal this}}{{#unless @last}}, {{/unless}}{{/each}}', "'ads', 'o''mail'"],
    ['{{#each steps}}{{ident name}}{{literal at}};{{/each}}', '"a"1;"b"2;'],
    ['{{#each steps as |step i|}}{{literal step.name}}{{literal i}};{{/each}}', "'a'0;'b'1;"],
    ['{{#each none}}a{{else}}b{{/each}}', 'b'],
    ['{{#if flag}}a{{else}}b{{/if}}', 'b'],
    ['where {{> paid_filter}}', "where status = 'paid'"],
    ['select {{> sum_of column="amount" as="total"}}', 'select sum("amount") as "total"'],
    ['a {{!-- a comment --}}b & <c>', 'a b & <c>'],
  ])('%s', (text, expected) => expect(render(text)).toBe(expected));

  it('gives back a text without a template as it is', () => {
    const text = file("select '}}' from raw.t where a < 1");
    expect(templates.render(text).text).toBe(text);
  });
});

describe('what is wrong is said with its place', () => {
  it.each([
    [
      'select 1\nwhere x = \'{{var "internal_domian"}}\'',
      'E1411 2:12 unknown variable `internal_domian`',
      'did you mean `internal_domain`?',
    ],
    [
      '{{days}}',
      'E1411 1:1 `{{days}}` does not say how its value goes into SQL',
      expect.stringContaining('{{literal days}}'),
    ],
    ['a {{{days}}}', 'E1411 1:3 `{{days}}` does not say how its value goes into SQL', expect.any(String)],
    [
      '{{frobnicate days}}',
      expect.stringContaining('unknown helper `frobnicate`'),
      expect.stringContaining('available'),
    ],
    ['{{#each days}}\n{{#if}}', expect.stringMatching(/^E1411 \d:\d+ /), expect.any(String)],
    ['a\n{{literal', expect.stringMatching(/^E1411 2:\d+ the template does not parse/), expect.any(String)],
    ['{{> nothing}}', 'E1411 1:1 unknown partial `nothing`', 'available: `paid_filter`, `sum_of`'],
    ['{{literal steps}}', 'E1411 1:1 a text, a number, true, false or null is expected here', ''],
    ['a\n {{#each days}}x{{/each}}', 'E1411 2:2 `each` takes a list', expect.stringContaining('vars')],
    ['{{#each nothing}}x{{/each}}', expect.stringContaining('no value here'), expect.any(String)],
    ['{{list days}}', 'E1411 1:1 `list` takes a list of at least one value', ''],
    ['{{var "channels"}}', 'E1411 1:1 the variable `channels` is no single value', expect.any(String)],
    [
      '{{literal nothing}}',
      'E1411 1:1 `literal` is given a name that has no value here',
      expect.stringContaining('available: `internal_domain`'),
    ],
    ['{{var}}', 'E1411 1:1 `var` has 0 arguments and takes 1', ''],
  ])('%s', (text, message, hint) => expect(complaint(text)).toEqual([message, hint]));

  it.each([
    '{{literal constructor}}',
    '{{literal __proto__}}',
    '{{var "constructor"}}',
    '{{literal channels.constructor}}',
    '{{#each channels}}{{literal constructor.name}}{{/each}}',
    '{{lookup channels 0}}',
    '{{log days}}',
  ])('keeps out of prototypes and other helpers: %s', (text) => {
    expect(complaint(text)[0]).toMatch(/^E1411/);
  });
});

describe('places in what is rendered', () => {
  it('keeps the line, and before the first template the column', () => {
    const source = 'select a,\n  {{ident order}} as b,\n  c\nfrom x';
    const { text } = templates.render(file(source, 100));
    const offsetOf = (needle: string): number => text.offsets![text.text.indexOf(needle)]!;
    expect(offsetOf('a,')).toBe(100 + source.indexOf('a,'));
    expect(offsetOf('from')).toBe(100 + source.indexOf('from'));
    expect(offsetOf('c\n')).toBe(100 + source.indexOf('c\n'));
    expect(text.offsets).toHaveLength(text.text.length + 1);
  });

  it('points at the first template where lines have been added', () => {
    const source = 'select a\n{{#each channels}}\n, {{literal this}}\n{{/each}}\nfrom x';
    const { text } = templates.render(file(source));
    expect(text.offsets![text.text.indexOf('from')]).toBe(source.indexOf('{{'));
    expect(text.offsets![0]).toBe(0);
  });
});

it('reports a partial at its own file, used or not', () => {
  const partials = {
    wrong: partial('models/_partials/wrong.sql', 'a\n {{b}}'),
    broken: partial('models/_partials/broken.sql', '{{#each x}}'),
  };
  const found = createTemplates({ partials, vars: {} }).diagnostics;
  expect(
    found.map((d) => `${d.code} ${d.span?.file}:${d.span?.start.line}:${d.span?.start.column} ${d.message}`),
  ).toEqual([
    'E1411 models/_partials/wrong.sql:2:2 `{{b}}` does not say how its value goes into SQL',
    'E1411 models/_partials/broken.sql:1:1 the template does not parse',
  ]);
});
