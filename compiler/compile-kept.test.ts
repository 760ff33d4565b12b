import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles } from './compile.ts';
import { compileKept, loadParser } from './compile-kept.ts';
import { decodeStored, hashFiles, type StoredCompilation } from './kept/stored-compilation.ts';
import { serializeManifest } from './serialize-manifest.ts';
import { readProject } from './source/read-project.ts';
import type { SourceFile } from './source/source-file.ts';

beforeAll(loadParser);

const key = 'test';

/** Something of everything that reaches from one file into another. */
const project: Readonly<Record<string, string>> = {
  'project.yml': `project: tiny
language: 1
entities:
  user: {key: user_id, attributes: clean.users}
exclude:
  staff: {entity: user, in: clean.users, where: is_staff}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
target: dev
`,
  'models/_partials/paid.hbs': "status = 'paid'",
  'models/raw/users.yml':
    'description: Users.\nsource: {files: data/users/*.csv}\ncolumns:\n  user_id: text\n  country: text\n  is_staff: boolean\n',
  'models/raw/orders.yml':
    'description: Orders.\nsource: {files: data/orders/*.csv}\ncolumns:\n  order_id: text\n  user_id: text\n  at: timestamp\n  status: text\n  amount: decimal(12,2)\n',
  'models/clean/countries.yml':
    'description: Countries as users write them.\nfrom: raw.users\nkey: code\ncolumns:\n  code: country\n  label: upper(country)\n',
  'models/clean/homes.yml':
    'description: Reads no country but through its relation.\nfrom: raw.users\ncolumns:\n  country:\nrelations: {home: {to: clean.countries, on: country}}\n',
  'models/clean/places.yml':
    'description: Reads no country but in a test.\nfrom: raw.users\ncolumns:\n  country: {tests: [{references: clean.countries.code}]}\n',
  'models/clean/users.yml':
    'description: Users, made sound.\nfrom: raw.users\nkey: user_id\ncolumns:\n  user_id:\n  country: {is: "coalesce(country, \'unknown\')", type: text, tests: [not_null]}\n  is_staff:\n',
  'models/clean/orders.yml':
    'description: Orders, made sound.\nfrom: raw.orders\nkey: order_id\ntime: at\ncolumns:\n  order_id:\n  user_id: {tests: [{references: clean.users.user_id}]}\n  at:\n  status: lower(status)\n  amount: {is: amount, tests: [{range: {min: 0}}]}\nrelations: {customer: {to: clean.users, on: user_id}}\nexclude: [staff]\n',
  'models/marts/orders.yml':
    'description: Paid orders.\nkey: order_id\ntime: at\ncolumns:\n  order_id: text\n  user_id: text\n  at: timestamp\n  amount: decimal(12,2)\nrelations: {customer: {to: clean.users, on: user_id}}\ntests:\n  - expression: amount >= 0\n  - {sql: orders_sound.sql}\n',
  'models/marts/orders.sql': 'select order_id, user_id, at, amount from clean.orders where {{> paid}}\n',
  'models/marts/orders_sound.sql': 'select order_id from marts.orders where amount is null\n',
  'models/marts/days.yml':
    'description: Days.\nkey: day\ncolumns:\n  day: date\n  total: decimal(38,2)\n  n: decimal(38,10)\n',
  'models/marts/days.sql':
    'select cast(at as date) as day, sum(amount) as total, cast(avg(amount) as numeric) as n from marts.orders group by 1\n',
  'models/marts/countries.yml': 'description: Countries.\nkey: country\ncolumns:\n  country: text\n  n: integer\n',
  'models/marts/countries.sql':
    'select u.country, count(*) as n from marts.orders o join clean.users u on u.user_id = o.user_id group by 1\n',
  'metrics/money.yml':
    'from: marts.orders\nby: [customer.country]\nmetrics:\n  revenue: {is: sum(amount), unit: EUR}\n  orders: {is: count(*), exclude: [staff], grains: [day, month]}\n  aov: revenue / orders\n',
  'metrics/shares.yml': 'metrics:\n  half: {is: revenue / 2}\n  double: aov * 2\n',
  'metrics/later.yml': 'from: marts.orders\nmetrics:\n  revenue_28d: {is: revenue, window: 28 days}\n',
  'metrics/lives.yml':
    'activities:\n  purchase: {from: marts.orders, entity: user, time: at}\ncohorts:\n  first: {anchor: purchase}\nmetrics:\n  kept: {retention: {cohort: first, return: purchase, every: week, periods: 4}}\n',
  'segments/all.yml':
    'segments:\n  buyers:\n    entity: user\n    where: {all: [{did: purchase, times: ">= 1"}]}\n    exclude: [staff]\n    expect: {size: {max: 9}}\n',
  'tests/data/across.yml':
    'agrees:\n  reconcile: {left: {from: marts.orders, value: sum(amount)}, right: {from: marts.days, value: sum(total)}, tolerance: 0.1%}\n',
  'tests/data/none_lost.sql': 'select 1 as lost from clean.orders where order_id is null\n',
};

const toFiles = (texts: Readonly<Record<string, string>>): SourceFile[] =>
  Object.keys(texts)
    .sort()
    .map((path) => ({ kind: 'source-file', path, text: texts[path]! }));

function outcomeOf(compiled: ReturnType<typeof compileFiles>) {
  const { manifest, diagnostics, files } = compiled;
  return {
    manifest: manifest && serializeManifest(manifest),
    plain: manifest && JSON.stringify(manifest),
    diagnostics,
    files,
  };
}

/** One project through several edits, each compiled with what was kept of those before. */
class Project {
  #stored: StoredCompilation | undefined;
  files: readonly SourceFile[];

  constructor(files: readonly SourceFile[]) {
    this.files = files;
    expect(compileFiles(files).diagnostics.filter((found) => found.severity === 'error')).toEqual([]);
    this.check();
  }

  edit(path: string, change: (text: string) => string): number {
    const found = this.files.find((file) => file.path === path);
    expect(found, path).toBeDefined();
    expect(change(found!.text), path).not.toBe(found!.text);
    this.files = this.files.map((file) => (file === found ? { ...file, text: change(file.text) } : file));
    return this.check();
  }

  /** How many files were compiled, once the outcome is known to be that of a compilation from nothing. */
  check(): number {
    const { compilation, bytes, compiled } = compileKept(this.files, hashFiles(this.files), this.#stored, key);
    expect(outcomeOf(compilation)).toEqual(outcomeOf(compileFiles(this.files)));
    if (bytes) this.#stored = decodeStored(Buffer.concat(bytes), key);
    return compilation.manifest ? compiled : -1;
  }
}

const words = [
  'amount',
  'order_id',
  'clean.orders',
  'marts.orders',
  'revenue',
  'user_id',
  'text',
  'numeric',
  '0',
  'day',
];

/** A change to a text as a careless author makes it: most leave it sound, some do not. */
function mutate(text: string, how: number, where: number, what: number): string {
  const lines = text.split('\n');
  const at = where % lines.length;
  const word = words[what % words.length]!;
  switch (how % 8) {
    case 0:
      return `${text}${text.includes('select') ? '--' : '#'} ${what}\n`;
    case 1:
      return text.replace('description: ', `description: Ü${what} `);
    case 2:
      return lines.toSpliced(at, 1).join('\n');
    case 3:
      return lines.toSpliced(at, 0, lines[what % lines.length]!).join('\n');
    case 4:
      return text.replace(/tests: \[[^\]]*\]/, 'tests: [not_null, unique]');
    case 5:
      return text.replace(/ by 1$/m, ` by 1 having count(*) > ${what}`).replace('sum(', 'avg(');
    case 6:
      return text.replace(/[a-z_.]+(?=[ ,)}\n]*$)/, word);
    default:
      return text.replace(/decimal\(12,2\)/, `decimal(${12 + (what % 8)},2)`).replace('lower(', 'upper(');
  }
}

const edits = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat(30), fc.boolean()), {
  minLength: 1,
  maxLength: 5,
});

function runEdits(
  files: readonly SourceFile[],
  steps: readonly (readonly [number, number, number, number, boolean])[],
) {
  const compiled: number[] = [];
  const state = new Project(files);
  for (const [which, how, where, what, undo] of steps) {
    const before = state.files;
    const at = which % before.length;
    state.files = before.map((file, i) => (i === at ? { ...file, text: mutate(file.text, how, where, what) } : file));
    if (how % 23 === 0) state.files = before.filter((_, i) => i !== at);
    const count = state.check();
    compiled.push(count === before.length ? 0 : count);
    if (undo || count < 0) state.files = before;
  }
  return compiled;
}

describe('a compilation with what was kept of the one before', () => {
  it('is that from nothing, byte for byte, after any edits', () => {
    const compiled: number[] = [];
    const files = toFiles(project);
    fc.assert(
      fc.property(edits, (steps) => {
        compiled.push(...runEdits(files, steps));
      }),
      { numRuns: 100 },
    );
    // Otherwise nothing was tried.
    expect(compiled.filter((count) => count > 0 && count < files.length).length).toBeGreaterThan(30);
    expect(compiled.filter((count) => count < 0).length).toBeGreaterThan(30);
  }, 120_000);

  it('is that from nothing for the reference project', () => {
    const { files } = readProject(fileURLToPath(new URL('..', import.meta.url)));
    const compiled: number[] = [];
    fc.assert(
      fc.property(edits, (steps) => {
        compiled.push(...runEdits(files, steps));
      }),
      // From nothing it takes a second or two each time.
      { numRuns: 3 },
    );
    expect(compiled.length).toBeGreaterThan(0);
  }, 120_000);

  it('compiles what hangs on the change, and nothing else', () => {
    const all = toFiles(project).length;
    const comment = (text: string) => `${text}-- changed\n`;
    const state = new Project(toFiles(project));
    expect(state.check()).toBeLessThan(all);
    expect(state.edit('models/marts/countries.sql', comment)).toBeLessThan(all);
    expect(state.edit('metrics/shares.yml', (text) => text.replace('/ 2', '/ 3'))).toBeLessThan(all);
    expect(state.edit('tests/data/none_lost.sql', comment)).toBeLessThan(all);
    expect(state.edit('models/marts/days.sql', (text) => text.replace('marts.orders', 'clean.orders'))).toBeLessThan(
      all,
    );
    expect(state.edit('project.yml', (text) => text.replace('tiny', 'small'))).toBe(all);
    expect(state.edit('models/_partials/paid.hbs', (text) => text.replace('paid', 'sent'))).toBe(all);
    expect(state.edit('metrics/money.yml', (text) => text.replace('aov', 'mean_order'))).toBe(-1);
  });

  it('sees what reaches on by a relation, by a test, and what is no longer warned of', () => {
    const state = new Project(toFiles(project));
    const countries = 'models/clean/countries.yml';
    expect(state.edit(countries, (text) => text.replace('key: code', 'key: label'))).toBeGreaterThan(0);
    expect(state.edit(countries, (text) => text.replace('  code: country', '  iso: country'))).toBe(-1);
    expect(state.edit(countries, (text) => text.replace('  iso: country', '  code: country'))).toBeGreaterThan(0);
    const days = 'models/marts/days.sql';
    expect(compileFiles(state.files).diagnostics.some(({ span }) => span?.file === days)).toBe(true);
    expect(state.edit(days, (text) => `\n${text}`)).toBeGreaterThan(0);
    expect(state.edit(days, (text) => text.replace('numeric', 'numeric(38,10)'))).toBeGreaterThan(0);
  });

  it('sees where personal data goes once a source says that it is', () => {
    const state = new Project(toFiles(project));
    const users = 'models/raw/users.yml';
    const tag = (column: string, kind: string) => (text: string) =>
      text.replace(`  ${column}: text`, `  ${column}: {type: text, pii: ${kind}}`);
    expect(state.edit(users, tag('user_id', 'id'))).toBeGreaterThan(0);
    expect(state.edit('models/raw/orders.yml', tag('user_id', 'id'))).toBeGreaterThan(0);
    expect(state.edit(users, tag('country', 'home'))).toBe(-1);
    const says = (text: string) =>
      text.replace("'unknown')\", type: text", '$&, pii: none, why: Millions live in one.');
    expect(state.edit('models/clean/users.yml', says)).toBeGreaterThan(0);
    expect(state.edit(users, (text) => text.replace('{type: text, pii: home}', 'text'))).toBe(-1);
    expect(
      state.edit('models/clean/users.yml', (text) => text.replace(/, pii: none, why: [A-Za-z ]*\./, '')),
    ).toBeGreaterThan(0);
  });

  it('is not taken from bytes that are not whole, or of another compiler', () => {
    const files = toFiles(project);
    const { bytes } = compileKept(files, hashFiles(files), undefined, key);
    const whole = Buffer.concat(bytes!);
    expect(decodeStored(whole, key)?.hashes.size).toBe(files.length);
    expect(decodeStored(whole, 'another')).toBeUndefined();
    expect(decodeStored(Buffer.alloc(0), key)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, bit) => {
        const broken = Buffer.from(whole);
        broken[at]! ^= bit;
        expect(decodeStored(broken, key)).toBeUndefined();
        expect(decodeStored(whole.subarray(0, at), key)).toBeUndefined();
      }),
    );
  });
});
