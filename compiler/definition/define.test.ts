import { describe, expect, test } from 'vitest';
import { validate } from '../schema/validate.ts';
import { parseYaml } from '../source/parse-yaml.ts';
import type { Document, SourceFile } from '../source/source-file.ts';
import { parseBaseUrl } from './base-url.ts';
import type { Defined } from './define.ts';
import { define } from './define.ts';

const project = 'project: p\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: p.duckdb}}\n';

/** Reads, checks and defines files given as path → text; a project file is added where there is none. */
function defineFiles(given: Readonly<Record<string, string>>): Defined {
  const all = { 'project.yml': project, ...given };
  const files = Object.entries(all).map(([path, text]): SourceFile => ({ kind: 'source-file', path, text }));
  const documents = files
    .filter(({ path }) => path.endsWith('.yml'))
    .map((file): Document => {
      const parsed = parseYaml(file);
      expect(parsed.diagnostics).toEqual([]);
      const validated = validate(file.path, parsed.root!);
      expect(validated.diagnostics).toEqual([]);
      return validated.document!;
    });
  return define(documents, files);
}

function faults(given: Readonly<Record<string, string>>): string[] {
  return defineFiles(given).diagnostics.map(
    ({ code, span, message }) => `${code} ${span!.file}:${span!.start.line}:${span!.start.column} ${message}`,
  );
}

function definitionsOf(given: Readonly<Record<string, string>>) {
  const { definitions, diagnostics } = defineFiles(given);
  expect(diagnostics).toEqual([]);
  return definitions!;
}

const orders = 'columns: {order_id: integer, paid_at: timestamp}\n';

describe('project', () => {
  test('what is left out has the defaults of the language', () => {
    expect(definitionsOf({}).project).toMatchObject({
      name: 'p',
      calendar: { timezone: 'UTC', weekStart: 'monday', fiscalYearStart: 1 },
      target: 'dev',
      schemas: { raw: 'raw', clean: 'clean', marts: 'marts' },
      site: { language: 'en' },
    });
  });

  test('the address of the site ends with a slash', () => {
    const site = (url: string) => definitionsOf({ 'project.yml': `${project}site: {base_url: ${url}}` }).project.site;
    expect(site('https://data.example.com/d').baseUrl).toBe('https://data.example.com/d/');
    const wrong = [
      'ftp://a.example/',
      'https://a.example/?q=1',
      'https://me:pw@a.example/',
      '/d/',
      'https://a.example/#x',
    ];
    expect(wrong.map(parseBaseUrl)).toEqual(wrong.map(() => undefined));
  });

  test.each([
    [`${project}calendar: {timezone: Europe/Berln}`, ['E1308 project.yml:4:22 unknown time zone `Europe/Berln`']],
    [`${project}calendar: {timezone: vienna}`, ['E1308 project.yml:4:22 unknown time zone `vienna`']],
    [`${project}target: prod`, ['E1501 project.yml:4:9 no target `prod`']],
    [
      project.replace('}}', '}, b: {engine: duckdb, path: b}}'),
      ['E1202 project.yml:3:1 several targets, and `target` does not say which is the default'],
    ],
    [
      `${project}exclude: {staff: {entity: user, in: marts.a, where: x}}`,
      ['E1307 project.yml:4:11 nothing uses the exclusion `staff`'],
    ],
    [
      `${project}site: {units: {EUR: {one: a, few: a, other: a}}}`,
      [
        'E1306 project.yml:4:16 forms do not apply to the unit `EUR`: it is written as its language has it',
        'E1306 project.yml:4:30 `few` does not apply: the dictionary is in English',
        'E1307 project.yml:4:16 no metric has the unit `EUR`',
      ],
    ],
    [
      `${project}site: {base_url: data.example.com}`,
      ['E1205 project.yml:4:18 `base_url` is `data.example.com`, not the address of a site'],
    ],
    [project.replace('project: p', 'project: My Shop'), ['E1301 project.yml:1:10 project name `My Shop` is malformed']],
  ])('%j', (text, expected) => {
    expect(faults({ 'project.yml': text })).toEqual(expected);
  });
});

describe('models', () => {
  test('names come from paths, and each form is told by its body', () => {
    const { models } = definitionsOf({
      'models/raw/orders.yml': 'source: {files: "data/*.csv.gz"}\ncolumns: {a: text}',
      'models/clean/shop/orders.yml': 'from: raw.orders\ncolumns: {a: , b: lower(a)}',
      'models/marts/orders.yml': orders,
      'models/marts/orders.sql': 'select 1',
      'models/marts/given.yml': orders,
      'models/clean/ids.yml': 'identity: {entity: user, links: [{from: raw.orders, anonymous: a, known: a, at: a}]}',
    });
    expect(models.map(({ name, form }) => [name, form])).toEqual([
      ['clean.ids', 'identity'],
      ['clean.orders', 'declarative'],
      ['marts.given', 'contract'],
      ['marts.orders', 'sql'],
      ['raw.orders', 'source'],
    ]);
    expect(models.find(({ name }) => name === 'raw.orders')).toMatchObject({
      source: { format: 'csv', onChange: 'error' },
    });
    expect(models.find(({ name }) => name === 'marts.orders')).toMatchObject({
      sql: { text: 'select 1' },
      materialized: 'table',
      version: 1,
    });
  });

  test('a declared key is tested, once, and not twice where the author tests it as strictly', () => {
    const { models } = definitionsOf({
      'models/marts/a.yml': 'key: id\ncolumns: {id: {type: text, tests: [unique, {not_null: true, severity: warn}]}}',
      'models/marts/b.yml': 'key: [x, y]\ncolumns: {x: text, y: text}',
      'models/raw/c.yml': 'source: {table: app.c}\nkey: x\ncolumns: {x: text}',
    });
    const tests = models.flatMap((model) => [...model.columns.flatMap((column) => column.tests), ...model.tests]);
    expect(tests.map(({ name, declared, severity }) => [name, declared, severity])).toEqual([
      ['marts.a.id.unique', true, 'error'],
      ['marts.a.id.not_null', true, 'warn'],
      ['marts.a.id.not_null_2', false, 'error'],
      ['marts.b.x.not_null', false, 'error'],
      ['marts.b.y.not_null', false, 'error'],
      ['marts.b.unique_together', false, 'error'],
      ['raw.c.x.not_null', false, 'error'],
    ]);
  });

  test('allowances, shares and bands become numbers', () => {
    const { models } = definitionsOf({
      'models/marts/a.yml': [
        'time: t',
        'columns: {t: timestamp, s: {type: text, tests: [{null_share: {max: 0.1%}}, {accepted: [a], max: 0.5%}]}}',
        'tests: [{volume: {within: 40% of median}}, {sequence: {first: a, then: b, per: s, max_violations: 0.1%}}]',
      ].join('\n'),
    });
    const [share, accepted] = models[0]!.columns[1]!.tests;
    expect(share!.test).toEqual({ rule: 'null_share', share: 0.001 });
    expect(accepted!.max).toEqual({ share: 0.005 });
    expect(models[0]!.tests.map(({ test }) => test)).toMatchObject([
      { rule: 'volume', per: 'day', within: 0.4, over: 28 },
      { rule: 'sequence', maxViolations: 0.001 },
    ]);
  });

  const m = 'models/marts/a.yml';
  test.each([
    [{ 'models/marts/My"x.yml': orders }, ['E1301 models/marts/My"x.yml:1:1 model name `My"x` is malformed']],
    [
      { [m]: orders, 'models/marts/sub/a.yml': orders },
      ['E1302 models/marts/sub/a.yml:1:1 two models have the name `marts.a`'],
    ],
    [{ [m]: 'description: x' }, ['E1303 models/marts/a.yml:1:1 the model has no body']],
    [{ 'models/marts/a.sql': 'select 1' }, ['E1303 models/marts/a.sql:1:1 `models/marts/a.sql` belongs to no model']],
    [
      { [m]: `from: raw.b\n${orders}`, 'models/marts/a.sql': 'select 1' },
      ['E1304 models/marts/a.yml:1:1 two bodies: `from` and `models/marts/a.sql`'],
    ],
    [{ [m]: `where: x\n${orders}` }, ['E1306 models/marts/a.yml:1:1 `where` does not apply: there is no `from`']],
    [{ [m]: `key: id\n${orders}` }, ['E1305 models/marts/a.yml:1:6 `marts.a` has no column `id`']],
    [{ [m]: 'columns: {a: int}' }, ['E1205 models/marts/a.yml:1:14 unknown type `int`']],
    [{ [m]: 'columns: {a: }' }, ['E1202 models/marts/a.yml:1:11 column `a` needs a type']],
    [
      { [m]: 'columns: {a: {type: text, is: lower(b)}}' },
      ['E1306 models/marts/a.yml:1:27 `is` does not apply: the query or the source gives the value, not the column'],
    ],
    [
      { [m]: 'columns: {a: {type: date, zone: UTC}}' },
      ['E1306 models/marts/a.yml:1:33 `zone` does not apply: only a `timestamp` has one'],
    ],
    [
      { [m]: `materialized: view\nindexes: [[order_id]]\n${orders}` },
      ['E1306 models/marts/a.yml:2:1 `indexes` does not apply: a view stores no rows'],
    ],
    [
      { [m]: `incremental: {by: day}\n${orders}` },
      ['E1202 models/marts/a.yml:1:1 `incremental: {by: day}` needs the model’s `time`'],
    ],
    [
      { [m]: `tests: [{rows: {min: 1, per: day}}]\n${orders}` },
      ['E1202 models/marts/a.yml:1:10 test `rows` goes by time, and the model has none'],
    ],
    [{ [m]: `tests: [{sql: no.sql}]\n${orders}` }, ['E1501 models/marts/a.yml:1:15 no file `no.sql`']],
    [
      { 'models/raw/a.yml': 'source: {files: ../x.csv}\ncolumns: {a: text}' },
      ['E1003 models/raw/a.yml:1:17 path `../x.csv` leaves the project'],
    ],
    [
      { 'models/raw/a.yml': 'source: {files: data/x}\ncolumns: {a: text}' },
      ['E1202 models/raw/a.yml:1:17 the ending of `data/x` does not say the format'],
    ],
  ] as [Record<string, string>, string[]][])('%j', (files, expected) => {
    expect(faults(files)).toEqual(expected);
  });
});

describe('metrics', () => {
  test('the file’s defaults hold unless the metric says otherwise, and where each came from is kept', () => {
    const { metrics } = definitionsOf({
      'metrics/a.yml': [
        'from: marts.orders\ntime: paid_at\nwhere: a\nowner: team\ntags: [x]',
        'metrics:\n  orders: count(*)\n  late: {is: count(*), where: b, owner: other, timezone: stores.zone, fill: null}',
      ].join('\n'),
    });
    const [late, orders] = metrics;
    expect(orders).toMatchObject({
      name: 'orders',
      form: 'plain',
      is: { text: 'count(*)' },
      owner: 'team',
      tags: ['x'],
    });
    expect(orders).toMatchObject({
      from: { value: 'marts.orders', from: 'file' },
      where: { value: { text: 'a' }, from: 'file' },
    });
    expect(orders).toMatchObject({ exclude: { value: [], from: 'language' }, version: 1, status: 'production' });
    expect(late).toMatchObject({
      owner: 'other',
      where: { value: { text: 'b' }, from: 'definition' },
      fill: { value: 'null' },
    });
  });

  test('examples keep the digits of numbers', () => {
    const text =
      'metrics: {a: {is: x, examples: [{title: t, given: {marts.o: [{n: 0.5000, t: 2025-01-03T10:00Z, b: true, z: , q: "1", j: {k: [1]}}]}, expect: [{a: 1e3}]}]}}';
    const [metric] = definitionsOf({ 'metrics/a.yml': text }).metrics;
    const [example] = metric!.examples;
    expect(example!.given[0]!.rows[0]!.cells).toEqual({
      n: { number: '0.5000' },
      t: '2025-01-03T10:00Z',
      b: true,
      z: null,
      q: '1',
      j: '{"k":[1]}',
    });
    expect(example!.expect).toMatchObject({ form: 'rows', rows: [{ cells: { a: { number: '1e3' } } }] });
  });

  test.each([
    ['metrics: {Total: count(*)}', ['E1301 metrics/a.yml:1:11 metric name `Total` is malformed']],
    [
      'metrics: {a: {is: x, replaced_by: b}}',
      ['E1306 metrics/a.yml:1:22 `replaced_by` does not apply: the status is not `deprecated`'],
    ],
    [
      'metrics: {a: {is: x, changes: {2: y}}}',
      ['E1205 metrics/a.yml:1:32 `changes` tells of version 2, and the version is 1'],
    ],
    ['metrics: {a: {is: x, timezone: Mars/Base}}', ['E1308 metrics/a.yml:1:32 unknown time zone `Mars/Base`']],
    [
      'from: marts.a\nactivities: {b: {any: [c]}}',
      ['E1306 metrics/a.yml:1:1 `from` does not apply: the file has no metric with `is`'],
    ],
  ])('%s', (text, expected) => {
    expect(faults({ 'metrics/a.yml': text })).toEqual(expected);
  });

  test('a name that stands twice tells of both places', () => {
    const [found] = defineFiles({
      'metrics/a.yml': 'metrics: {x: count(*)}',
      'metrics/b.yml': 'metrics: {x: count(*)}',
    }).diagnostics;
    expect(found).toMatchObject({ code: 'E1302', span: { file: 'metrics/b.yml' } });
    expect(found!.hints[0]).toBe('the other one is at metrics/a.yml:1:11');
  });
});

test('tests that span models: by name, or an SQL file by itself', () => {
  const { tests } = definitionsOf({
    'tests/data/finance.yml':
      'agrees: {reconcile: {left: {from: marts.a, value: sum(x)}, right: {from: raw.b, value: sum(x)}, tolerance: 0.5%}}\nnamed: {sql: rows.sql, severity: warn}',
    'tests/data/rows.sql': 'select 1',
    'tests/data/alone.sql': 'select 2',
  });
  expect(tests.map(({ name, severity, test }) => [name, severity, test.rule])).toEqual([
    ['agrees', 'error', 'reconcile'],
    ['alone', 'error', 'sql'],
    ['named', 'warn', 'sql'],
  ]);
  expect(tests[0]!.test).toMatchObject({ tolerance: { share: 0.005 } });
});

test('definitions stand in one order, whatever the order of the files', () => {
  const files = { 'metrics/b.yml': 'metrics: {z: count(*), a: count(*)}', 'metrics/a.yml': 'metrics: {m: count(*)}' };
  const reversed = Object.fromEntries(Object.entries(files).reverse());
  expect(definitionsOf(reversed)).toEqual(definitionsOf(files));
  expect(definitionsOf(files).metrics.map(({ name }) => name)).toEqual(['a', 'm', 'z']);
});
