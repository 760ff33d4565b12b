import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileFiles, loadParser, renderDiagnostic } from '../../compiler/index.ts';
import { cohortFormSchemas } from '../../compiler/schema/cohort-form-schemas.ts';
import { renderFormKnobs } from '../../compiler/schema/render-reference.ts';
import { runExamples } from '../../runtime/index.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';

const folder = fileURLToPath(new URL('../../docs/forms/', import.meta.url));
const pages = readdirSync(folder).map((name) => ({ name, text: readFileSync(folder + name, 'utf8') }));

/** The models that the pages' examples give rows of. */
const project: Readonly<Record<string, string>> = {
  'project.yml':
    'project: forms\nlanguage: 1\nentities:\n  user: {key: user_id}\ntargets:\n  dev: {engine: duckdb, path: target/forms.duckdb}\ntarget: dev\n',
  'models/marts/opens.yml':
    'key: open_id\ntime: at\ncolumns: {open_id: integer, user_id: text, at: timestamp, plan: text}\n',
  'models/marts/clicks.yml':
    'key: click_id\ntime: at\ncolumns: {click_id: integer, user_id: text, at: timestamp, what: text}\n',
  'models/marts/orders.yml':
    'key: order_id\ntime: paid_at\ncolumns: {order_id: integer, user_id: text, paid_at: timestamp, amount: "decimal(12,2)", order_of: integer, country: text, currency: text, store_id: text}\nrelations: {store: {to: marts.stores, on: store_id}}\n',
  'models/marts/stores.yml': 'key: store_id\ncolumns: {store_id: text, city: text, zone: text}\n',
  'models/marts/balances.yml':
    'key: [account_id, at]\ntime: at\ncolumns: {account_id: text, at: timestamp, balance: "decimal(12,2)"}\n',
  'models/marts/subscriptions.yml':
    'key: subscription_id\ntime: started_at\ncolumns: {subscription_id: integer, user_id: text, started_at: timestamp, ended_at: timestamp}\n',
};

const knobs = /(<!-- knobs: (\w+),[^\n]*-->\n)[\s\S]*?(<!-- \/knobs -->)/g;

it('every form has a page, with the knobs that its schema has', async () => {
  const told = pages.flatMap(({ text }) => [...text.matchAll(knobs)].map(([, , form]) => form));
  expect(told.sort()).toEqual(['plain', ...Object.keys(cohortFormSchemas)].sort());
  for (const { name, text } of pages)
    await expect(
      text.replaceAll(knobs, (_, head: string, form: string, end: string) => `${head}${renderFormKnobs(form)}\n${end}`),
    ).toMatchFileSnapshot(folder + name);
});

it('every page is told of on the first one', () => {
  const first = pages.find(({ name }) => name === 'README.md')!.text;
  expect(pages.map(({ name }) => name).filter((name) => name !== 'README.md' && !first.includes(`(${name})`))).toEqual(
    [],
  );
});

describe.each(listRunnableEngines())('on $name', (under) => {
  let target: TestTarget;
  beforeAll(async () => {
    await loadParser();
    target = await under.prepare();
  });
  afterAll(() => target.drop());

  const shown = pages.filter(({ text }) => text.includes('```yaml\n'));
  it.each(shown.map((page) => [page.name, page] as const))('%s shows what is computed', async (_, { text }) => {
    const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(text)!;
    const texts: Readonly<Record<string, string>> = { ...project, 'metrics/page.yml': yaml! };
    const files = Object.entries(texts).map(([path, content]) => ({
      kind: 'source-file' as const,
      path,
      text: content,
    }));
    const { manifest, diagnostics } = compileFiles(files);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((each) => renderDiagnostic(each, (path) => texts[path], { color: false }))).toEqual([]);
    const { results } = await runExamples({ manifest: manifest!, engine: await target.open() });
    expect(results.length).toBeGreaterThan(0);
    expect(results.flatMap(({ title, differences }) => differences.map((line) => `${title}: ${line}`))).toEqual([]);
  });
});
