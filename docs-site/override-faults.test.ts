import { expect, test } from 'vitest';
import { overrideFaults } from './override-faults.ts';
import { makeRender } from './render-template.ts';
import { TemplateFault } from './template-fault.ts';
import { makeTranslate } from './translate.ts';

const faultsOf = (overrides: Parameters<typeof overrideFaults>[0]) =>
  overrideFaults(overrides).map(({ name, message, line, column }) => [name, message, line, column]);

test('a template that cannot be read is told of with its place', () => {
  const told = (text: string) => faultsOf({ templates: { metric: text } })[0]?.slice(1);
  expect(told('{{#> layout}}\n<h1>{{name}}</h1>\n{{/layout}}')).toBeUndefined();
  expect(told('{{#> layout}}\n{{shout name}}{{/layout}}')).toEqual(['there is no helper `shout`', 2, 1]);
  expect(told('{{#if a}}\n{{/each}}')).toEqual(['`{{#if}}` is closed by `{{/each}}`', 1, 4]);
  expect(told('a\n{{#if a}}\nb')).toEqual(['the template cannot be read: something in it is not closed', 3, undefined]);
});

test('a page that nothing draws, a token that is none, and two pages of one address are slips', () => {
  expect(faultsOf({ templates: { metrik: 'x', 'partials/mine': 'x' } })).toEqual([
    ['metrik', 'no page is drawn by a template `metrik`', undefined, undefined],
  ]);
  const [unknown, wrong] = overrideFaults({ tokens: { acent: '#fff', accent: 'red; } x {' } });
  expect([unknown!.message, unknown!.available.includes('accent')]).toEqual([
    'the style sheet has no token `acent`',
    true,
  ]);
  expect(wrong!.message).toContain('not a colour, a length or names of fonts');
  const page = (name: string, path: string) => ({ name, path, title: 'A', markdown: '' });
  expect(faultsOf({ pages: [page('a', 'A.md'), page('a', 'a.md'), page('', 'правила.md')] })).toEqual([
    ['a.md', 'its address, `docs/a.html`, is that of `A.md` as well', undefined, undefined],
    ['правила.md', expect.stringContaining('no Latin letter'), undefined, undefined],
  ]);
});

test('what a page does not have is told of the template that asks for it, also within the frame of another', () => {
  const faultOf = (text: string, view: object = { known: 1 }): TemplateFault => {
    const layout = '<main>{{> @partial-block}}</main>';
    try {
      makeRender(makeTranslate('en'), (words) => words, { layout, 'not-found': text })('not-found', view);
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateFault);
      return error as TemplateFault;
    }
    throw new Error('drawn');
  };
  expect(faultOf('{{#> layout}}\n<h1>{{nope}}</h1>{{/layout}}')).toMatchObject({
    template: 'not-found',
    message: '`nope` is not known here',
    line: 2,
    column: 7,
    available: ['known'],
  });
  expect(faultOf('{{#> layout}}{{> partials/chrat}}{{/layout}}')).toMatchObject({
    template: 'not-found',
    line: 1,
    column: 18,
  });
  expect(faultOf('{{> partials/headline}}').template).toBe('partials/headline');
});
