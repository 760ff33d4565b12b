/** In every value that nobody but the database may show. The definitions do not hold it. */
export const canary = /canary/i;

export const hashKey = 'canary-key-of-hashes-0123456789';

const people = (columns: string, more = '') =>
  `description: People.\nfrom: raw.people\nkey: n\n${more}columns:\n  n:\n${columns}`;

/** A project of which the rows are personal, and in which all goes wrong that can: rows, casts, tests, files, questions. */
export const plantedFiles: Readonly<Record<string, string>> = {
  'project.yml': `project: tiny
language: 1
entities:
  user: {key: user_id, attributes: marts.users}
hash_key_env: HASH_KEY
notify: {slack: {url_env: HOOK}, on: [error, warn, stale]}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
  pg: {engine: postgres, url_env: DATABASE_URL}
target: dev
`,
  'models/raw/people.yml': `description: People as they come.
source: {files: data/people/*.csv}
columns:
  n: {type: integer, required: true}
  user_id: {type: text, pii: id}
  email: {type: text, pii: email}
  full_name: {type: text, pii: name}
  phone: {type: integer, pii: phone}
  born: {type: date, pii: birth}
  more: {type: json, pii: profile}
  country: text
  note: {type: text, pii: free_text}
  seen: timestamp
tests:
  - expression: email like '%nobody%'
    severity: warn
`,
  'models/raw/bare.yml': `description: A file that lacks its header.
source: {files: data/bare/*.csv}
columns:
  user_id: {type: text, pii: id}
  email: {type: text, pii: email}
`,
  'models/raw/twice.yml': `description: A file without a header that has a value twice.
source: {files: data/twice/*.csv}
columns:
  email: {type: text, pii: email}
  full_name: {type: text, pii: name}
`,
  'models/clean/people.yml': people(
    `  user_id:
  email:
    is: lower(email)
    tests:
      - unique: true
        severity: warn
      - accepted: [nobody]
        severity: warn
      - matches: '^nobody'
        severity: warn
      - references: clean.known.address
        severity: warn
  who: {is: "upper(full_name) || ' ' || country"}
  born:
    tests:
      - range: {min: 2020-01-01}
        severity: warn
  more:
  person: {hash: email}
  domain: {is: "split_part(email, '@', 2)", pii: none, why: Many people share one.}
  country:
    tests:
      - accepted: [DE]
        severity: warn
  note:
  seen:
`,
    'time: seen\nincremental: {by: day}\n',
  ),
  'models/clean/known.yml': 'description: Known.\nkey: address\ncolumns: {address: text}\n',
  'models/clean/known.sql': 'select cast(null as text) as address where false\n',
  'models/clean/strict.yml': people('  full_name: {is: full_name, tests: [{accepted: [nobody]}]}\n'),
  'models/clean/number.yml': people('  x: {is: cast(full_name as integer), type: integer}\n'),
  'models/clean/day.yml': people('  x: {is: cast(email as date), type: date}\n'),
  'models/clean/amount.yml': people('  x: {is: "cast(more->>\'tax\' as numeric(4,2))", type: "decimal(4,2)"}\n'),
  'models/clean/zone.yml': people('  x: {is: "cast(seen at time zone full_name as date)", type: date}\n'),
  'models/clean/pattern.yml': people('  x: {is: "email ~ (full_name || \'(\')", type: boolean}\n'),
  'models/clean/tested.yml': `${people('  full_name:\n')}tests:\n  - expression: cast(full_name as integer) > 0\n`,
  'models/clean/asked.yml': `${people('  full_name:\n')}tests:\n  - sql: asked_failures.sql\n    severity: warn\n`,
  'models/clean/asked_failures.sql': 'select cast(full_name as integer) as x from clean.asked\n',
  'models/marts/users.yml':
    'description: Users.\nkey: user_id\ncolumns:\n  user_id: text\n  person: text\n  country: text\n  addresses: integer\n',
  'models/marts/users.sql':
    'select user_id, min(person) as person, min(country) as country, count(distinct email) as addresses from clean.people group by user_id\n',
  'models/marts/live.yml':
    'description: Computed when it is read.\nmaterialized: view\ncolumns:\n  n: integer\n  x: {type: integer, pii: none, why: A number alone.}\n',
  'models/marts/live.sql': 'select n, cast(note as integer) as x from clean.people\n',
  'metrics/m.yml': `from: marts.users
by: [country]
metrics:
  users: {is: count(distinct user_id), description: Users.}
  broken: {is: sum(x), from: marts.live, by: [], description: It cannot be computed.}
`,
  'segments/known.yml': `segments:
  known:
    entity: user
    schedule: on_demand
    where: {property: country is not null}
    export: {columns: [country, addresses]}
`,
  'tests/data/shown.yml': `shown:
  description: Rows under other names.
  severity: warn
  sql: shown.sql
agrees:
  description: One side is the other.
  severity: warn
  reconcile: {left: {from: clean.people, value: count(*)}, right: {from: clean.people, value: 2 * count(*)}, per: email, tolerance: 0%}
`,
  'tests/data/shown.sql':
    'with p as (select lower(who) as a, email, user_id, country as place from clean.people) select a as x, max(email) as y, array_agg(user_id) as z, place, count(*) as rows from p group by a, place\n',
  'data/people/1.csv': `n,user_id,email,full_name,phone,born,more,country,note,seen
1,canary-id-1,canary-1@example.test,"Canary O'Hara ""One""",70000001,1990-01-01,"{""tax"": ""canary-tax""}",Visibleland,canary-note,2025-05-01T08:00:00Z
2,canary-id-2,canary-1@example.test,Canary Two,70000002,1991-01-01,"{""tax"": 123456.5}",Visibleland,canary-note,2025-05-01T09:00:00Z
3,canary-id-3,canary-3@example.test,Canary Three,canary-phone,1992-01-01,{},Visibleland,x,2025-05-02T09:00:00Z
4,canary-id-4,canary-4@example.test,Canary Four,70000004,canary-born,{},Visibleland,x,2025-05-02T09:00:00Z
5,canary-id-5,canary-5@example.test,Canary Five,70000005,1993-01-01,{canary-json,Visibleland,x,2025-05-02T09:00:00Z
6,canary-id-6,canary-6@example.test,Canary Six,70000006,canary-too,few
`,
  'data/bare/1.csv': 'canary-id-7,canary-7@example.test\ncanary-id-8,canary-8@example.test\n',
  'data/twice/1.csv': 'canary-9@example.test,canary-9@example.test\n',
};
