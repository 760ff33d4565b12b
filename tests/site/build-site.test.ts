import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { buildSite, type MetricSeries, type MetricValues, type SiteFile } from '../../docs-site/index.ts';
import { findDeadLinks, pagesOf, textOf } from './open-site.ts';
import { sampleInput } from './sample-input.ts';
import { sampleManifest } from './sample-manifest.ts';

const gzipped = (files: readonly SiteFile[], path: string): number =>
  gzipSync(textOf(files.find((file) => file.path === path)!)).length;

/** Markup that lets text out of its place shows as an element or attribute that no template has. */
function findIntruders(html: string): readonly string[] {
  const scripts = [...html.matchAll(/<script[^>]*>/g)].filter(
    ([tag]) => !/^<script src="(\.\.\/)*assets\/etalon\.js">$/.test(tag),
  );
  const handlers = [...html.matchAll(/<[^>]*\s(on\w+|style)=[^>]*>/g)].filter(([tag]) => !/="[^"]*\son\w+=/.test(tag));
  const images = [...html.matchAll(/<img[^>]*>|javascript:[^)\]\s]*"/g)];
  return [...scripts, ...handlers, ...images].map(([tag]) => tag);
}

/** A day and a group of three people among many, as the target tells it. */
function plantFew(values: MetricValues): MetricValues {
  const isFew = (period: string): boolean => period === '2025-05-01';
  const points = (series: MetricSeries): MetricSeries['points'] =>
    series.points.map((point) => ({
      ...point,
      people: isFew(point.period) && series.grain === 'day' ? 3 : 400,
      ...(isFew(point.period) && series.grain === 'day' ? { value: '7654.32' } : {}),
      ...(series.grain === 'day' ? { peopleOfDay: point.period.startsWith('2025-05') ? 3 : 400 } : {}),
    }));
  const rows = values.breakdowns![0]!.rows.map((row, at) => ({
    ...row,
    people: [300, 3, 100][at]!,
    ...(at === 1 ? { value: '7777.77' } : {}),
  }));
  return {
    ...values,
    series: values.series.map((series) => ({ ...series, points: points(series) })),
    breakdowns: [{ ...values.breakdowns![0]!, rows, morePeople: 50 }],
  };
}

describe('buildSite', () => {
  test('two builds of the same input are byte-equal', async () => {
    const [first, second] = [await buildSite(sampleInput()), await buildSite(sampleInput())];
    expect(first).toEqual(second);
  });

  test('a later clock changes the home and health pages only', async () => {
    const before = await buildSite(sampleInput());
    const after = await buildSite({ ...sampleInput(), builtAt: '2025-07-01T10:00:00Z' });
    const changed = after.filter((file, index) => textOf(file) !== textOf(before[index]!)).map((file) => file.path);
    expect(changed).toEqual(['health/index.html', 'index.html']);
  });

  test('every page keeps its budget, its policy and its frame', async () => {
    for (const page of pagesOf(await buildSite(sampleInput({ hostile: true })))) {
      const html = textOf(page);
      expect(Buffer.byteLength(html), page.path).toBeLessThanOrEqual(30_000);
      expect(html).toContain(
        `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self';`,
      );
      expect(html.match(/<h1>/g), page.path).toHaveLength(1);
      expect(html).not.toMatch(/undefined|\[object Object\]|NaN/);
    }
  });

  test('the style sheet and the script keep their budgets', async () => {
    const files = await buildSite(sampleInput());
    expect(gzipped(files, 'assets/style.css')).toBeLessThanOrEqual(12_000);
    expect(gzipped(files, 'assets/etalon.js')).toBeLessThanOrEqual(15_000);
  });

  test('hostile text stays text on every page', async () => {
    for (const page of pagesOf(await buildSite(sampleInput({ hostile: true })))) {
      expect(findIntruders(textOf(page)), page.path).toEqual([]);
    }
    const search = (await buildSite(sampleInput({ hostile: true }))).find(
      (file) => file.path === 'assets/search-data.js',
    )!;
    expect(textOf(search)).not.toContain('<');
  });

  test('no link is dead, in either language, with and without data', async () => {
    for (const input of [sampleInput({ hostile: true }), sampleInput({ language: 'ru', models: 40, metrics: 90 })]) {
      expect(findDeadLinks(await buildSite(input))).toEqual([]);
    }
  });

  test('the link check finds a planted dead link', async () => {
    const files = await buildSite(sampleInput());
    const planted = files.map((file) =>
      file.path === 'index.html' ? { ...file, content: textOf(file).replace('href="health/', 'href="nowhere/') } : file,
    );
    expect(findDeadLinks(planted)).not.toEqual([]);
  });

  test('what is not there is explained', async () => {
    const files = await buildSite({
      manifest: sampleManifest(),
      builtAt: '2025-07-01T09:00:00Z',
      language: 'en',
      etalonVersion: '0.1.0',
    });
    const page = (path: string): string => textOf(files.find((file) => file.path === path)!);
    expect(page('metrics/revenue.html')).toContain('No values yet: run');
    expect(page('models/marts.events_0.html')).toContain('Not built yet: run');
    expect(page('health/index.html')).toContain('Not built yet: run');
    expect(page('index.html')).toContain('No values yet: run');
    expect(findDeadLinks(files)).toEqual([]);
  });

  test('an empty project has a site', async () => {
    const manifest = { ...sampleManifest(), models: [], metrics: [], segments: [], tests: [] };
    const files = await buildSite({
      manifest,
      builtAt: '2025-07-01T09:00:00Z',
      language: 'ru',
      etalonVersion: '0.1.0',
    });
    expect(findDeadLinks(files)).toEqual([]);
    expect(textOf(files.find((file) => file.path === 'metrics/index.html')!)).toContain('Метрик пока нет');
  });

  test('a page that would be too long gives parts to pages of their own', async () => {
    const input = sampleInput();
    const wide = input.manifest.models.map((model) =>
      model.name === 'marts.events_0'
        ? {
            ...model,
            columns: [
              ...model.columns,
              ...Array.from({ length: 200 }, (_, index) => ({ ...model.columns[4]!, name: `amount_${index}` })),
            ],
          }
        : model,
    );
    const long = (_: string, name: string): string =>
      `select ${Array.from({ length: 900 }, (_, i) => `a${i} as b${i}`).join(',\n  ')} from ${name}`;
    const files = await buildSite({ ...input, sql: long, manifest: { ...input.manifest, models: wide } });
    const paths = files.map((file) => file.path);
    expect(paths).toContain('models/marts.events_0.columns.html');
    expect(paths).toContain('metrics/revenue.sql.html');
    for (const page of pagesOf(files)) expect(Buffer.byteLength(textOf(page)), page.path).toBeLessThanOrEqual(30_000);
    expect(findDeadLinks(files)).toEqual([]);
  });

  test('the Russian interface is Russian', async () => {
    const files = await buildSite(sampleInput({ language: 'ru' }));
    const page = textOf(files.find((file) => file.path === 'metrics/revenue.html')!);
    expect(page).toContain('<html lang="ru">');
    expect(page).toContain('Как считается');
    expect(page).toContain('<li>Считаются только строки, где country указано и amount больше 0.</li>');
    expect(page).toMatch(/\d{3}\u00a0\d{3},\d{2}\u00a0€/);
  });

  test('tokens, a template and a page of the project take the place of ours, and cannot smuggle anything in', async () => {
    const overrides = {
      tokens: { accent: '#7a1f5c' },
      templates: { 'not-found': '{{#> layout}}<h1>Gone</h1>{{/layout}}' },
      pages: [
        {
          name: 'rules',
          path: 'rules.md',
          title: 'Rules',
          markdown: '# Rules\n\n<b>bold</b> [x](javascript:alert(1)) [more](teams/more.md#why)\n\n## Why',
        },
        { name: 'teams-more', path: 'teams/more.md', title: 'More', markdown: '[back](../rules.md)' },
      ],
    };
    const files = await buildSite({ ...sampleInput(), overrides });
    const page = (path: string): string => textOf(files.find((file) => file.path === path)!);
    expect(page('404.html')).toContain('<h1>Gone</h1>');
    expect(page('assets/tokens.css')).toBe(':root:root {\n  --accent: #7a1f5c;\n}\n');
    expect(page('docs/rules.html')).toContain('&lt;b&gt;bold');
    expect(page('docs/rules.html')).not.toContain('href="javascript');
    // The title stands once, headings are headings, and a link to another page leads there.
    expect(page('docs/rules.html').match(/>Rules</g)!.length).toBe(2);
    expect(page('docs/rules.html')).toContain('<h2>Why</h2>');
    expect(page('docs/rules.html')).toContain('<a href="teams-more.html#why"');
    expect(page('docs/teams-more.html')).toContain('<a href="rules.html"');
    const smuggled = { ...sampleInput(), overrides: { tokens: { accent: 'red; } @import "http://x"' } } };
    await expect(buildSite(smuggled)).rejects.toThrow('token');
  });

  test('the JSON for programs names pages that exist and holds the definition', async () => {
    const files = await buildSite(sampleInput());
    const content = (path: string): string => textOf(files.find((file) => file.path === path)!);
    const index = JSON.parse(content('api/index.json')) as { definitions: { page: string; json: string }[] };
    expect(index.definitions).toHaveLength(24);
    for (const { page, json } of index.definitions)
      expect([content(page).length > 0, JSON.parse(content(json)).definition !== undefined]).toEqual([true, true]);
    expect(JSON.parse(content('metrics/revenue.json'))).toMatchObject({
      definition: { is: 'sum(amount)' },
      value: { grain: 'month', period: '2025-06-01' },
    });
    const twin = content('metrics/revenue.md');
    expect(twin).toMatch(/^# revenue\n\nMetric `revenue` · /);
    expect(twin).toContain('- Formula: `sum(amount)`');
    expect(content('segments/loyal.md')).toContain('  - 2.1 `plan` is `pro`');
    expect(content('models/marts.events_0.md')).toContain('- `amount` decimal(12,2): The amount');
    expect(content('llms.txt')).toContain('- [revenue](metrics/revenue.json): Money and orders of the kind revenue');
  });

  test('where it is known where the site is published, what is read elsewhere names whole addresses', async () => {
    const baseUrl = 'https://data.example.com/dictionary/';
    const files = await buildSite({ ...sampleInput(), baseUrl });
    const content = (path: string): string => textOf(files.find((file) => file.path === path)!);
    expect(findDeadLinks(files)).toEqual([]);
    expect(content('metrics/revenue.html')).toContain(`<link rel="canonical" href="${baseUrl}metrics/revenue.html">`);
    expect(content('404.html')).not.toContain('canonical');
    expect(content('changes/feed.xml')).toContain(`<link href="${baseUrl}changes/index.html#build-3"/>`);
    expect(content('changes/feed.xml')).not.toMatch(/href="(?!https:)/);
    expect(content('llms.txt')).toContain(`- [revenue](${baseUrl}metrics/revenue.json)`);
    expect(JSON.parse(content('segments/loyal.json')).page).toBe(`${baseUrl}segments/loyal.html`);
    const { definitions } = JSON.parse(content('api/index.json')) as { definitions: { page: string; json: string }[] };
    const listed = [...content('sitemap.xml').matchAll(/<loc>(.*?)<\/loc>/g)].map(([, loc]) => loc);
    for (const { page, json } of definitions)
      expect([listed.includes(page), json.startsWith(baseUrl)]).toEqual([true, true]);
    expect(listed).toHaveLength(pagesOf(files).length - 1);
    expect((await buildSite(sampleInput())).map(({ path }) => path)).not.toContain('sitemap.xml');
  });

  test('a column can be followed to both ends: to the metrics, and from a metric back to the sources', async () => {
    const files = await buildSite(sampleInput());
    const content = (path: string): string => textOf(files.find((file) => file.path === path)!);
    const namesIn = (html: string): readonly string[] =>
      [...html.matchAll(/<a href="[^"]*">([^<]*)<\/a>(?: <span class="note">([^<]*)<)?/g)].map(([, name, how]) =>
        how === undefined ? name! : `${name} ${how}`,
      );
    const row = (html: string, column: string) => new RegExp(`<code>${column}</code>.*?</tr>`, 's').exec(html)![0];
    const source = content('models/raw.events_0.flow.html');
    expect(namesIn(row(source, 'amount'))).toEqual([
      'clean.events_0.amount',
      'marts.events_0.amount',
      ...['csat aggregated', 'refund_rate aggregated', 'revenue aggregated', 'aov'],
      'marts.events_1.amount',
      ...['net_revenue_5 aggregated', 'orders aggregated'],
    ]);
    expect(content('models/raw.events_0.html')).toContain('href="raw.events_0.flow.html"');
    const tree = content('metrics/aov.html').split('The columns that it reads')[1]!.split('</details>')[0]!;
    expect(namesIn(tree).slice(0, 4)).toEqual([
      'orders',
      'marts.events_1.amount aggregated',
      'clean.events_1.amount',
      'raw.events_1.amount',
    ]);
    expect(content('columns/index.html')).toContain('<a href="../models/raw.events_0.flow.html">');
    expect(namesIn(row(source, 'country'))).toContain('loyal segment, only chosen by');
    const ofSegment = content('segments/loyal.html').split('The columns that it reads')[1]!.split('</details>')[0]!;
    expect(namesIn(ofSegment)).toContain('marts.events_0.country only chosen by');
  });

  test('the CSV holds exact values, and nothing a spreadsheet would run', async () => {
    const input = sampleInput();
    const metrics = input.manifest.metrics.map((metric) => ({ ...metric, unit: '=HYPERLINK("x")' }));
    const files = await buildSite({ ...input, manifest: { ...input.manifest, metrics } });
    const lines = textOf(files.find((file) => file.path === 'data/revenue.csv')!).split('\r\n');
    expect(lines[0]).toBe('grain,period,revenue,state,unit');
    const first = input.values!.find((values) => values.metric === 'revenue')!.series[0]!.points[0]!;
    expect(lines[1]).toBe(`day,2025-01-01,${first.value},final,"'=HYPERLINK(""x"")"`);
  });

  test('no page, file or document of a site holds a number that is hidden', async () => {
    const input = sampleInput();
    const least = { ...input.manifest.project, site: { ...input.manifest.project.site, minGroupSize: 11 } };
    const values = input.segments!.map((each) =>
      each.segment === 'rfm'
        ? { ...each, sizes: each.sizes.map((size, at) => ({ ...size, entities: [7, 513, 480][at]! })) }
        : each,
    );
    // Revenue of 1 May and of its month's France comes from three people; each figure is one that nothing else has.
    const few = plantFew(input.values!.find(({ metric }) => metric === 'revenue')!);
    const files = await buildSite({
      ...input,
      manifest: { ...input.manifest, project: least },
      segments: values,
      values: input.values!.map((each) => (each.metric === 'revenue' ? few : each)),
      metricRows: [
        {
          metric: 'revenue',
          all: 3000,
          filtered: 0,
          exclusions: [{ name: 'test_users', rows: 3, removed: 3 }],
          untimed: 0,
          counted: 2997,
        },
      ],
    });
    const text = (path: string): string => String(files.find((file) => file.path === path)!.content);
    for (const file of files)
      expect(textOf(file), file.path).not.toMatch(/7[.,\s]?654[.,]32|7[.,\s]?777[.,]77|54[.,\s]?100/);
    expect(text('metrics/revenue.html')).toMatch(/test_users<[\s\S]{0,400}not shown/);
    expect(text('metrics/revenue.html')).not.toMatch(/\b2[,.\s]?997\b/);
    expect(text('metrics/revenue.html')).toContain('Not shown: of fewer than 11 people');
    expect(text('data/revenue.csv')).toContain('day,2025-05-01,,hidden,EUR');
    expect(text('data/revenue.csv')).toMatch(/day,2025-06-01,[\d.]+,final,EUR/);
    expect(text('segments/rfm.html')).not.toMatch(/>\s*7\b|\b480\b/);
    expect(JSON.parse(text('segments/rfm.json')).value.sizes).toEqual([
      { part: 'champions', entities: null },
      { part: 'others', entities: 513 },
      { part: 'none', entities: null },
    ]);
    // The cohort of four people and the next smallest, in the page and in the file.
    const rows = text('data/weekly_retention.csv').split('\r\n');
    expect(rows.filter((row) => row.startsWith('2025-04-28'))).toContain('2025-04-28,1,,,,hidden');
    expect(rows.filter((row) => /^2025-04-07,\d+,,,,hidden$/.test(row)).length).toBeGreaterThan(0);
    expect(text('metrics/weekly_retention.html')).toContain('Not shown: of fewer than 11 people');
  });

  test('5,000 definitions', { timeout: 240_000 }, async () => {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const files = await buildSite(sampleInput({ models: 2_000, metrics: 3_000 }));
    const seconds = (performance.now() - started) / 1000;
    const worked = process.cpuUsage(cpu).user / 1e6;
    const sizes = pagesOf(files).map((page) => [Buffer.byteLength(page.content), page.path] as const);
    const [largest, path] = sizes.reduce((a, b) => (b[0] > a[0] ? b : a));
    console.log(
      `5,000 definitions: ${seconds.toFixed(1)} s (${worked.toFixed(1)} s of processor), ${files.length} files, largest page ${path} ${largest} bytes`,
    );
    expect(largest).toBeLessThanOrEqual(30_000);
    expect(findDeadLinks(files)).toEqual([]);
  });
});
