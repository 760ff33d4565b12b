import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles } from '../../compile.ts';
import { loadParser } from '../../expression/parser.ts';

const project = `project: tiny
language: 1
entities:
  user: {key: user_id, attributes: marts.users}
hash_key_env: TINY_KEY
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
target: dev
`;
const users = `description: Users.
source: {files: data/u.csv}
key: user_id
columns:
  user_id: {type: text, pii: id}
  email: {type: text, pii: email}
  born: {type: date, pii: birth}
  country: text
`;
const cleanUsers = (columns: string) => `description: Users.\nfrom: raw.users\nkey: user_id\ncolumns:\n${columns}`;
const mart = (columns: string, more = '') => `description: Users.\nkey: user_id\n${more}columns:\n${columns}`;

type Files = Readonly<Record<string, string>>;
const base: Files = { 'project.yml': project, 'models/raw/users.yml': users };

function compile(files: Files) {
  const all = { ...base, ...files };
  return compileFiles(Object.entries(all).map(([path, text]) => ({ kind: 'source-file' as const, path, text })));
}

/** `raw.users.email` → what it is known to tell of people. */
function told(files: Files): Readonly<Record<string, string>> {
  const { manifest, diagnostics } = compile(files);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const entries = manifest!.models.flatMap((model) =>
    model.columns.map(({ name, personal }) => {
      const words =
        personal && [...personal.tags, ...(personal.treatment ? [`(${personal.treatment})`] : [])].join(' ');
      return [`${model.name}.${name}`, words ?? '-'] as const;
    }),
  );
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith('raw.')));
}

const errors = (files: Files) =>
  compile(files).diagnostics.map(({ code, message, span, hints }) => ({
    code,
    message,
    at: `${span?.file}:${span?.start.line}`,
    hints,
  }));

beforeAll(loadParser);

describe('a tag goes where the values go', () => {
  const clean = (select: string, columns: string) => ({
    'models/clean/users.yml': `description: Users.\ncolumns:\n${columns}`,
    'models/clean/users.sql': select,
  });

  it.each([
    ['as they are', 'select email as x from raw.users', 'email'],
    ['changed', "select lower(split_part(email, '@', 2)) as x from raw.users", 'email'],
    ['of two columns', 'select email || cast(born as text) as x from raw.users', 'birth email'],
    ['through a CTE', 'with u as (select email as e from raw.users) select e as x from u', 'email'],
    ['through a subquery in FROM', 'select s.x from (select upper(email) as x from raw.users) as s', 'email'],
    ['through a subquery as a value', 'select (select max(email) from raw.users) as x', 'email'],
    ['on either side of a union', 'select country as x from raw.users union all select email from raw.users', 'email'],
    [
      'in a recursive CTE',
      'with recursive t(x, n) as (select email, 1 from raw.users union all select x, n + 1 from t where n < 2) select x from t',
      'email',
    ],
    [
      'round a recursive CTE',
      'with recursive t(x, b, c, n) as (select country, country, email, 1 from raw.users union all select b, c, x, n + 1 from t where n < 3) select x from t',
      'email',
    ],
    ['in a branch', "select case when country = 'DE' then email end as x from raw.users", 'email'],
    ['as a comparison', "select email = 'a@example.test' as x from raw.users", 'email'],
    ['by a window', 'select lag(email) over (order by user_id) as x from raw.users', 'email'],
    [
      'by an aggregate that hands a value on',
      'select country as c, max(email) as x from raw.users group by country',
      'email',
    ],
    ['in a list of all', "select string_agg(email, ',' order by user_id) as x from raw.users", 'email'],
    [
      'by an aggregate of an aggregate',
      'with m as (select min(email) as e from raw.users group by country) select max(e) as x from m',
      'email',
    ],
  ])('%s', (_, select, tags) => {
    const columns = select.includes(' as c,') ? '  c: text\n  x: {}\n' : '  x: {}\n';
    expect(
      told(
        clean(
          select,
          columns.replaceAll('{}', select.includes(' = ') && !select.includes('case') ? 'boolean' : 'text'),
        ),
      ),
    ).toMatchObject({
      'clean.users.x': tags,
    });
  });

  it.each([
    ['counted', 'select count(distinct email) as x from raw.users', '(aggregated)'],
    [
      'the largest of counts',
      'with c as (select count(email) as n from raw.users group by country) select max(n) as x from c',
      '(aggregated)',
    ],
    ['read to choose rows', "select 1 as x from raw.users where email like '%.test'", '-'],
    ['read to order rows', 'select row_number() over (order by email) as x from raw.users', '-'],
    [
      'asked whether there is one',
      'select 1 as x from raw.users as u where exists (select 1 from raw.users as o where o.email = u.email)',
      '-',
    ],
    ['counted where it is so', "select count(*) filter (where email like '%.test') as x from raw.users", '-'],
  ])('and is not carried on where the values are not: %s', (_, select, words) => {
    expect(told(clean(select, '  x: integer\n'))).toMatchObject({ 'clean.users.x': words });
  });

  it('until the author says why it ends, and a hash makes a pseudonym of whatever it hashes', () => {
    const columns = [
      '  user_id:',
      '  email: lower(email)',
      '  domain: {is: "split_part(email, \'@\', 2)", pii: none, why: Shared by many.}',
      '  person: {hash: lower(email)}',
      '  note: {is: country, pii: free_text}',
      '  country:',
    ].join('\n');
    const files = {
      'models/clean/users.yml': cleanUsers(columns),
      'models/marts/users.yml': mart('  user_id: text\n  person: text\n  domain: text\n  people: integer\n'),
      'models/marts/users.sql':
        'select user_id, min(person) as person, min(domain) as domain, count(distinct email) as people from clean.users group by user_id',
    };
    expect(told(files)).toEqual({
      'clean.users.user_id': 'id',
      'clean.users.email': 'email',
      'clean.users.domain': '(declared)',
      'clean.users.person': 'id (hashed)',
      'clean.users.note': 'free_text',
      'clean.users.country': '-',
      'marts.users.user_id': 'id',
      'marts.users.person': 'id',
      'marts.users.domain': '-',
      'marts.users.people': '(aggregated)',
    });
  });

  it('and a tag more is no treatment', () => {
    const clean = cleanUsers('  user_id:\n  email: {is: lower(email), pii: id}\n');
    expect(told({ 'models/clean/users.yml': clean })).toMatchObject({ 'clean.users.email': 'email id' });
  });
});

describe('what is untreated stays out', () => {
  const reaching = {
    'models/clean/users.yml': cleanUsers('  user_id:\n  email: lower(email)\n'),
    'models/marts/users.yml': mart('  user_id: text\n  contact: text\n'),
    'models/marts/users.sql': 'select user_id, email as contact from clean.users',
  };

  it('of the marts, told once, with the way it took', () => {
    const below = {
      'models/marts/again.yml': mart('  user_id: text\n  contact: text\n'),
      'models/marts/again.sql': 'select user_id, contact from marts.users',
      'metrics/m.yml': 'from: marts.again\nby: [contact]\nmetrics:\n  n: count(*)\n  last_one: max(contact)\n',
    };
    expect(errors({ ...reaching, ...below })).toEqual([
      {
        code: 'E1801',
        message: '`marts.users.contact` is personal data (`email`) that nothing has treated',
        at: 'models/marts/users.yml:5',
        hints: [
          'it comes by raw.users.email (models/raw/users.yml:6) → clean.users.email (models/clean/users.yml:6) → marts.users.contact (models/marts/users.yml:5)',
          'leave it out, count it (`count(distinct email)`), or hash it in a clean model: `{hash: email}`',
          'if it tells of nobody, say so at the column where that becomes so: `{pii: none, why: …}`',
        ],
      },
    ]);
  });

  it('of dimensions and values of metrics, pseudonyms too', () => {
    const files = {
      'models/marts/users.yml': mart('  user_id: text\n  country: text\n'),
      'models/marts/users.sql': 'select user_id, country from raw.users',
      'models/clean/users.yml': cleanUsers('  user_id:\n  email: lower(email)\n'),
      'metrics/m.yml': `from: marts.users
by: [country, user_id]
metrics:
  users: count(distinct user_id)
  latest: max(user_id)
`,
      'metrics/n.yml':
        'from: clean.users\nby: [email]\nmetrics:\n  addresses: count(distinct email)\n  first_one: min(email)\n',
    };
    expect(errors(files).map(({ code, message, at }) => [code, message, at])).toEqual([
      ['E1801', 'the dimension `user_id` is personal data (`id`) that nothing has treated', 'metrics/m.yml:2'],
      ['E1801', 'the value of metric `latest` is personal data (`id`) that nothing has treated', 'metrics/m.yml:5'],
      ['E1801', 'the dimension `email` is personal data (`email`) that nothing has treated', 'metrics/n.yml:2'],
      [
        'E1801',
        'the value of metric `first_one` is personal data (`email`) that nothing has treated',
        'metrics/n.yml:5',
      ],
    ]);
  });

  it('of cohorts and of exports, but for the key of the members', () => {
    const files = {
      'models/marts/users.yml': mart('  user_id: text\n  device: text\n  country: text\n  at: timestamp\n'),
      'models/marts/users.sql':
        "select user_id, user_id || '1' as device, country, cast('2025-01-01T00:00:00Z' as timestamptz) as at from raw.users",
      'metrics/c.yml': `activities:
  signup: {from: marts.users, entity: user, time: at}
cohorts:
  signup: {anchor: signup, by: [country, device]}
`,
      'segments/s.yml': `segments:
  germans:
    entity: user
    where: {property: "country = 'DE'"}
    export:
      columns: [user_id, country, device]
`,
    };
    expect(errors(files).map(({ code, message, at }) => [code, message, at])).toEqual([
      [
        'E1801',
        'the dimension `device` of cohort `signup` is personal data (`id`) that nothing has treated',
        'metrics/c.yml:4',
      ],
      [
        'E1801',
        'the export of segment `germans` hands out `device`, personal data (`id`) that nothing has treated',
        'segments/s.yml:6',
      ],
    ]);
  });
});

describe('a word too many is told', () => {
  const clean = (columns: string) => errors({ 'models/clean/users.yml': cleanUsers(columns) });

  it.each([
    ['pii: none without why', '  user_id: {is: user_id, pii: none}\n', 'E1202'],
    ['pii: none where nothing is tagged', '  user_id:\n  country: {pii: none, why: Nobody.}\n', 'E1306'],
    ['why without pii: none', '  user_id: {pii: id, why: So.}\n', 'E1306'],
    ['a hash of an instant', '  user_id:\n  h: {hash: born}\n', 'E1407'],
    ['a hash that is a number', '  user_id:\n  h: {hash: user_id, type: integer}\n', 'E1407'],
    ['the hash as a function', '  user_id: etalon_hash(user_id)\n', 'E1408'],
  ])('%s', (_, columns, code) => {
    expect(clean(columns).map((one) => one.code)).toEqual([code]);
  });

  it('pii: none at a source', () => {
    const raw = users.replace('country: text', 'country: {type: text, pii: none}');
    expect(errors({ 'models/raw/users.yml': raw }).map(({ code }) => code)).toEqual(['E1306']);
  });

  it('a hash without a key, and one in a view', () => {
    const model = `${cleanUsers('  user_id: {hash: user_id}\n')}materialized: view\n`;
    const noKey = project.replace('hash_key_env: TINY_KEY\n', '');
    expect(errors({ 'project.yml': noKey, 'models/clean/users.yml': model }).map(({ code }) => code)).toEqual([
      'E1202',
      'E1306',
    ]);
  });
});
