import { compileFiles, loadParser, type Manifest } from '../../compiler/index.ts';

// The grammar is needed to compile, and again by every run.
await loadParser();

/** Small, and with every kind of unit: files, a source table, an identity, a clean model with refusals, increments by day and by key, a whole table, a view, tests that guard and tests that span. */
const texts: Readonly<Record<string, string>> = {
  'project.yml': `project: crash
language: 1
entities: {user: {key: customer}}
targets: {dev: {engine: duckdb, path: crash.duckdb}}
`,
  'models/raw/orders.yml': `description: Orders.
source: {files: data/*.csv}
loaded_at: seen
columns: {id: {type: integer, required: true}, customer: text, device: text, state: text, amount: "decimal(10,2)", paid_at: timestamp, seen: timestamp}
`,
  'models/raw/customers.yml': `description: Customers.
source: {table: app.customers}
loaded_at: seen
columns: {customer: text, country: text, seen: timestamp}
`,
  'models/clean/devices.yml': `description: Whom a device stands for.
identity:
  entity: user
  links: [{from: raw.orders, anonymous: device, known: customer, at: paid_at}]
  anonymous: nearest
`,
  'models/clean/orders.yml': `description: One row per order.
from: raw.orders
key: id
dedupe: {keep: last, by: seen}
time: paid_at
incremental: {by: day}
columns:
  id:
  paid_at:
  buyer: {identity: user}
  state: {map: {from: state, values: {paid: [paid, PAID], open: [open]}}}
  amount: {tests: [{range: {min: 0}}]}
`,
  'models/marts/buyers.yml': `description: Money per buyer.
key: buyer
incremental: {by: key}
columns: {buyer: text, orders: integer, amount: "decimal(12,2)"}
`,
  'models/marts/buyers.sql':
    'select buyer, count(*) as orders, sum(amount) as amount from clean.orders where buyer is not null group by buyer',
  'models/marts/countries.yml': `description: Money per country.
columns: {country: text, orders: integer, amount: "decimal(12,2)"}
`,
  'models/marts/countries.sql':
    'select c.country, sum(b.orders) as orders, sum(b.amount) as amount from marts.buyers b left join raw.customers c on c.customer = b.buyer group by c.country',
  'models/marts/largest.yml': `description: Where most is bought.
materialized: view
columns: {country: text}
`,
  'models/marts/largest.sql': 'select country from marts.countries order by amount desc, country limit 1',
  'tests/data/counted.sql':
    'select 1 as lost from marts.countries having sum(orders) <> (select count(*) from clean.orders where buyer is not null)',
};

/** The same after an edit: one of its views gets a column in front, so it cannot be replaced as it stands. */
const edits: Readonly<Record<string, string>> = {
  'models/marts/countries.yml': `description: Money per country.
columns: {place: integer, country: text, orders: integer, amount: "decimal(12,2)"}
`,
  'models/marts/countries.sql':
    'select row_number() over (order by sum(b.amount) desc, c.country) as place, c.country, sum(b.orders) as orders, sum(b.amount) as amount from marts.buyers b left join raw.customers c on c.customer = b.buyer group by c.country',
};

function compile(own: Readonly<Record<string, string>>): Manifest {
  const files = Object.entries(own).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(files);
  if (manifest) return manifest;
  throw new Error(diagnostics.map((one) => `${one.span?.file}:${one.span?.start.line} ${one.message}`).join('\n'));
}

export const crashProject: Manifest = compile(texts);
export const editedProject: Manifest = compile({ ...texts, ...edits });

/** Somebody else's, over a view of ours. */
export const dependentView = 'create view app.report as select country, orders from marts.countries';

const head = 'id,customer,device,state,amount,paid_at,seen';

/** One device without an owner, a row that cannot be read, one of an unknown state. */
export const firstFiles: Readonly<Record<string, string>> = {
  'data/1.csv': `${head}
1,a,d1,paid,10,2025-01-01T10:00Z,2025-01-01T11:00Z
2,b,d2,PAID,20,2025-01-02T10:00Z,2025-01-02T11:00Z
3,,d3,open,5,2025-01-02T12:00Z,2025-01-02T13:00Z
4,a,d1,lost,1,2025-01-03T10:00Z,2025-01-03T11:00Z
x,a,d1,paid,5,2025-01-03T12:00Z,2025-01-03T13:00Z
`,
};

export const firstRows = [
  'create schema app',
  'create table app.customers (customer varchar, country varchar, seen timestamptz)',
  "insert into app.customers values ('a', 'DE', '2025-01-01T00:00:00Z'), ('b', 'FR', '2025-01-01T00:00:00Z')",
];

/** What arrives in round `k`: a file with a new day, a row late by a month, a correction, the owner of a device, a row that is refused; and a row of the source table. */
export function laterArrival(k: number): [files: Readonly<Record<string, string>>, rows: readonly string[]] {
  const seen = `2025-02-01T00:${String(Math.trunc(k / 60)).padStart(2, '0')}:${String(k % 60).padStart(2, '0')}Z`;
  const lines = [
    head,
    `${1000 + k},b,d2,paid,30.50,2025-02-01T09:00Z,${seen}`,
    `${2000 + k},,d3,paid,7,2025-01-01T23:00Z,${seen}`,
    `2,b,d2,paid,${20 + k},2025-01-02T10:00Z,${seen}`,
    `${3000 + k},c,d3,open,1,2025-02-01T10:00Z,${seen}`,
    `${4000 + k},c,d3,gone,1,2025-02-01T11:00Z,${seen}`,
  ];
  return [
    { [`data/later-${k}.csv`]: `${lines.join('\n')}\n` },
    [`insert into app.customers values ('${k === 1 ? 'c' : `later ${k}`}', 'AT', '${seen}')`],
  ];
}
