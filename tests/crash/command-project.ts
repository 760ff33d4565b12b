import { compileProject, type Manifest } from '../../compiler/index.ts';
import { createFolder, type TemporaryProject } from '../support/cli.ts';

const orders = 'order_id: text, paid_at: timestamp, country: text, amount: "decimal(12,2)"';

/** Two branches with a source each, incremental and whole, and one model that reads both. */
const files: Readonly<Record<string, string>> = {
  'project.yml': `project: pair
language: 1
calendar: {timezone: UTC}
targets:
  duckdb: {engine: duckdb, path: target/pair.duckdb, threads: 2}
  postgres: {engine: postgres, url_env: PAIR_URL, threads: 2}
target: duckdb
`,
  'models/raw/orders.yml': `description: Orders.
owner: shop
source: {files: data/orders-*.csv}
columns: {${orders.replace('order_id: text', 'order_id: {type: text, required: true}')}}
`,
  'models/raw/visits.yml': `description: Visits.
owner: shop
source: {files: data/visits-*.csv}
columns: {visit_id: text, day: date}
`,
  'models/clean/orders.yml': `description: Paid orders.
owner: shop
key: order_id
time: paid_at
incremental: {by: day}
columns: {${orders.replace('order_id: text', 'order_id: {type: text, tests: [unique, not_null]}')}}
`,
  'models/clean/orders.sql': 'select order_id, paid_at, country, amount from raw.orders where amount > 0\n',
  'models/marts/countries.yml': `description: Money by country.
owner: shop
key: country
incremental: {by: key}
columns: {country: {type: text, tests: [unique]}, orders: integer, amount: "decimal(14,2)"}
`,
  'models/marts/countries.sql':
    'select country, count(*) as orders, sum(amount) as amount from clean.orders group by country\n',
  'models/marts/visits.yml': `description: Visits by day.
owner: shop
key: day
columns: {day: date, visits: integer}
`,
  'models/marts/visits.sql': 'select day, count(*) as visits from raw.visits group by day\n',
  'models/marts/both.yml': `description: Both.
owner: shop
columns: {orders: integer, visits: integer}
`,
  'models/marts/both.sql':
    'select o.orders, v.visits from (select count(*) as orders from clean.orders) o cross join (select count(*) as visits from raw.visits) v\n',
};

export interface PairProject extends TemporaryProject {
  readonly manifest: () => Promise<Manifest>;
}

export function createPairProject(): PairProject {
  const project = createFolder();
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  const manifest = async (): Promise<Manifest> => {
    const compiled = await compileProject(project.folder);
    if (!compiled.manifest) throw new Error(compiled.diagnostics.map(({ message }) => message).join('\n'));
    return compiled.manifest;
  };
  return { ...project, manifest };
}
