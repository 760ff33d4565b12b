import { beforeAll, expect, it } from 'vitest';
import { compileFiles } from './compile.ts';
import { loadParser } from './expression/parser.ts';
import { type PersonalStep, personalFlow } from './personal-flow.ts';

const files: Readonly<Record<string, string>> = {
  'project.yml': `project: tiny
language: 1
entities:
  user: {key: user_id, attributes: marts.users}
hash_key_env: TINY_KEY
targets:
  dev: {engine: duckdb, path: target/t.duckdb}
`,
  'models/raw/users.yml': `description: Users.
source: {files: data/u.csv}
columns:
  user_id: {type: text, pii: id}
  email: {type: text, pii: email}
  name: {type: text, pii: name}
`,
  'models/clean/users.yml': `description: Users.
from: raw.users
key: user_id
columns:
  user_id:
  email: lower(email)
  person: {hash: email}
  domain: {is: "split_part(email, '@', 2)", pii: none, why: Many share one.}
`,
  'models/marts/users.yml':
    'description: Users.\nkey: user_id\ncolumns:\n  user_id: text\n  domain: text\n  mails: integer\n',
  'models/marts/users.sql':
    'select user_id, max(domain) as domain, count(distinct email) as mails from clean.users group by user_id',
  'metrics/m.yml': `from: marts.users
by: [domain]
metrics:
  users: count(distinct user_id)
  mails: sum(mails)
`,
  'segments/s.yml':
    'segments:\n  all_users:\n    entity: user\n    where: {property: "domain is not null"}\n    export: {columns: [user_id]}\n',
};

beforeAll(loadParser);

it('goes from each tagged column down to where it ends, and says what reads it', () => {
  const sources = Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(sources);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const lines = (steps: readonly PersonalStep[], depth = 0): string[] =>
    steps.flatMap((step) => [
      `${'  '.repeat(depth)}${step.model}.${step.column} ${step.how ?? '-'} [${step.tags}]${step.dropped ? ' dropped' : ''}${[
        ...step.countedBy.map((name) => ` counted by ${name}`),
        ...step.dimensionOf.map((name) => ` dimension of ${name}`),
        ...step.exportedBy.map((name) => ` exported by ${name}`),
      ].join(',')} ${step.path}:${step.line}`,
      ...lines(step.goes, depth + 1),
    ]);
  expect(lines(personalFlow(manifest!))).toEqual([
    'raw.users.user_id - [id] models/raw/users.yml:4',
    '  clean.users.user_id same [id] models/clean/users.yml:5',
    '    marts.users.user_id same [id] counted by users, exported by all_users models/marts/users.yml:4',
    'raw.users.email - [email] models/raw/users.yml:5',
    '  clean.users.email changed [email] models/clean/users.yml:6',
    '    marts.users.mails aggregated [] counted by mails models/marts/users.yml:6',
    '  clean.users.person hashed [id] dropped models/clean/users.yml:7',
    '  clean.users.domain declared [] models/clean/users.yml:8',
    'raw.users.name - [name] dropped models/raw/users.yml:6',
  ]);
});
