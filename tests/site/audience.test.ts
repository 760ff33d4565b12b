import { expect, test } from 'vitest';
import type { ExampleDefinition } from '../../compiler/index.ts';
import { audienceFaults, buildSingle, buildSite, type DictionaryInput, tagsOf } from '../../docs-site/index.ts';
import { findDeadLinks, pagesOf, textOf } from './open-site.ts';
import { sampleInput } from './sample-input.ts';

const shown = new Set(['orders', 'aov', 'weekly_retention', 'loyal', 'marts.events_1']);

/** The same worked example over a table that is hidden. */
function elsewhere(example: ExampleDefinition): ExampleDefinition {
  const given = example.given.map((table) => ({ ...table, model: 'marts.zqevents_0' }));
  return { ...example, title: 'zqExample', given };
}

/** What must leave no trace bears a mark in its name: in definitions, paths, SQL, runs, reasons and pages of the project. */
function markedInput(): DictionaryInput {
  const { sql: _, ...input } = sampleInput();
  const failing = { ...input.history!.models['clean.events_1']!, status: 'failing', reason: 'no table clean.events_1' };
  const told = {
    ...input,
    history: { ...input.history!, models: { ...input.history!.models, 'clean.events_1': failing } },
  };
  const marked = JSON.stringify(told)
    .replace(/\b(revenue|buyers|sessions|tickets|csat|refund_rate|net_revenue_5|rfm|test_users|[Gg]one)\b/g, 'zq$1')
    .replace(/\b(raw|clean)\.events_/g, '$1.zqevents_')
    .replace(/\bmarts\.events_([023])/g, 'marts.zqevents_$1')
    .replace(/\b(metrics|segments|models|data)\/(?=\w)/g, '$1/zq');
  const whole = JSON.parse(marked) as DictionaryInput;
  const tag = <T extends { readonly name: string }>(list: readonly T[]): readonly T[] =>
    list.map((each) => ({
      ...each,
      tags: shown.has(each.name) ? ['public', 'zqtag'] : ['headline'],
      ...(shown.has(each.name) ? { description: 'What it is, in plain words.' } : {}),
    }));
  const { manifest } = whole;
  return {
    ...whole,
    manifest: {
      ...manifest,
      // The formula may be told; a worked example over a table that is not shown may not.
      metrics: tag(manifest.metrics).map((metric) =>
        metric.name === 'orders'
          ? { ...metric, examples: metric.examples.flatMap((one) => [one, elsewhere(one)]) }
          : metric,
      ),
      segments: tag(manifest.segments),
      models: tag(manifest.models),
    },
    sql: (_kind, name) => `select zqsecret from zqtable -- ${name}`,
    // Both rules of the first are told; of the second one is not; the third tells a name. The rule of `aov` is not told, so nothing is of it.
    confusions: () => ({
      metrics: {
        orders: [
          { name: 'zqrevenue', words: { en: 'Adds zqrevenue.', ru: 'zq' } },
          { name: 'aov', words: { en: 'Is of orders.', ru: 'Это orders.' } },
          { name: 'orders', words: { en: 'Counts rows of `raw.zqevents_1`.', ru: 'zq' } },
          { name: 'orders', words: { en: 'Goes by another time.', ru: 'Время другое.' } },
        ],
        aov: [{ name: 'orders', words: { en: 'Has other rows.', ru: 'Другие строки.' } }],
      },
      segments: {},
    }),
    columnsOf: () => [
      { model: 'marts.zqevents_0', column: 'zqcolumn', how: 'aggregated' },
      { model: 'marts.events_1', column: 'amount', how: 'filtered' },
    ],
    authored: { 'segment:loyal': 'loyal: # zqcomment' },
    metricRows: [
      {
        metric: 'orders',
        all: 3000,
        filtered: 0,
        exclusions: [{ name: 'zqtest_users', rows: 1204, removed: 1204 }],
        untimed: 0,
        counted: 1796,
      },
    ],
    overrides: { pages: [{ name: 'zqrules', path: 'zqrules.md', title: 'zqRules', markdown: '# zqRules' }] },
    audience: { name: 'public' },
  };
}

test('an audience sees what bears its tag, and not a byte of any other name', async () => {
  const files = await buildSite(markedInput());
  for (const file of files)
    expect([file.path, /.{0,60}zq.{0,60}/i.exec(`${file.path} ${textOf(file)}`)?.[0]]).toEqual([file.path, undefined]);
  expect(findDeadLinks(files)).toEqual([]);
  const content = (path: string): string => textOf(files.find((file) => file.path === path)!);
  const { definitions } = JSON.parse(content('api/index.json')) as { definitions: { name: string }[] };
  expect(new Set(definitions.map(({ name }) => name))).toEqual(shown);
  expect(content('metrics/orders.md')).toContain('## Often confused with\n\n- `orders`: Goes by another time.\n');
  expect(content('metrics/orders.html')).not.toContain('Why another report differs');
  // Where all that a rule names is shown, the rule is; else it is said that it is not.
  expect(content('metrics/orders.html')).toContain('Counted over marts.events_1, by event_time.');
  expect(content('metrics/orders.html')).not.toContain('not part of this dictionary');
  for (const path of ['metrics/aov.html', 'metrics/weekly_retention.html', 'segments/loyal.html'])
    expect(content(path), path).toContain('The rule in full is not part of this dictionary.');
  const { definition } = JSON.parse(content('metrics/weekly_retention.json')) as { definition: { rule: object } };
  expect(Object.keys(definition.rule).sort()).toEqual([
    'activity',
    'cells',
    'every',
    'includePartial',
    'periodZero',
    'rule',
  ]);
  expect(definition.rule).toMatchObject({ activity: '', rule: 'retention' });
  for (const page of pagesOf(files)) {
    expect(textOf(page), page.path).not.toMatch(/undefined|\[object Object\]|<code><\/code>|>SQL</);
    expect(Buffer.byteLength(page.content), page.path).toBeLessThanOrEqual(30_000);
  }
});

test('whether a number can be trusted is judged on what is not shown as well, and told without its name', async () => {
  const files = await buildSite(markedInput());
  const page = textOf(files.find(({ path }) => path === 'models/marts.events_1.html')!);
  expect(page).toMatch(/class="verdict failing">.*<b>Failing<\/b><span>A test, an example or a build failed\./);
  const single = await buildSingle(markedInput(), { kind: 'metric', name: 'aov' });
  expect(single).toContain('<h1>aov</h1>');
  expect(single).not.toContain('zq');
});

test('texts that name what is not shown are found before, and never given out', async () => {
  const input = markedInput();
  const { manifest } = input;
  expect(audienceFaults(manifest, 'public')).toEqual([]);
  expect(tagsOf(manifest)).toEqual(['headline', 'public', 'zqtag']);
  const telling = (description: string) => ({
    ...manifest,
    metrics: manifest.metrics.map((metric) => (metric.name === 'aov' ? { ...metric, description } : metric)),
  });
  const faultsOf = (description: string) =>
    audienceFaults(telling(description), 'public').map(({ of, names }) => [of, ...names]);
  expect(faultsOf('Over `zqrevenue`, from marts.zqevents_0.')).toEqual([['aov', 'zqrevenue', 'marts.zqevents_0']]);
  expect(faultsOf('Money of zqrevenue, an ordinary word here; see `orders` and marts.events_1.')).toEqual([]);
  await expect(buildSite({ ...input, manifest: telling('As zqnet_revenue_5 has it.') })).rejects.toThrow(
    'zqnet_revenue_5',
  );
});
