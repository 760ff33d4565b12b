import { createFolder, type TemporaryProject } from '../support/cli.ts';

const small: Readonly<Record<string, string>> = {
  'models/raw/orders.yml': `description: Orders.
owner: shop
source: {files: data/orders-*.csv}
columns: {order_id: integer, country: text, amount: "decimal(12,2)"}
`,
  'models/marts/countries.yml': `description: Money by country.
owner: shop
key: country
incremental: {by: key}
columns: {country: text, amount: "decimal(14,2)"}
`,
  'models/marts/countries.sql': 'select country, sum(amount) as amount from raw.orders group by country\n',
};

/** Some 13 MB that are sorted and kept. */
const large: Readonly<Record<string, string>> = {
  'models/marts/pairs.yml': `description: Every pair, in an order of chance.
owner: shop
columns: {place: integer, text: text}
`,
  'models/marts/pairs.sql': `select row_number() over (order by text) as place, text from (
  select md5(cast(a.order_id * 1000 + b.order_id as text)) || md5(cast(b.order_id * 1000 + a.order_id as text)) as text
  from raw.orders a cross join raw.orders b
) as p
`,
};

const orders = (from: number, count: number) =>
  `order_id,country,amount\n${Array.from({ length: count }, (_, n) => `${from + n},${n % 2 ? 'DE' : 'FR'},${n}.50`).join('\n')}\n`;

/** A project with 10 orders, whose target is written in YAML. */
export function createShortageProject(target: string): TemporaryProject {
  const project = createFolder();
  setTarget(project, target);
  for (const [path, text] of Object.entries(small)) project.write(path, text);
  project.write('data/orders-1.csv', orders(1, 10));
  return project;
}

export function setTarget(project: TemporaryProject, target: string): void {
  project.write('project.yml', `project: short\nlanguage: 1\ntargets:\n  dev: ${target}\ntarget: dev\n`);
}

/** 400 orders more, and a model that wants room. */
export function grow(project: TemporaryProject): void {
  project.write('data/orders-2.csv', orders(1000, 400));
  for (const [path, text] of Object.entries(large)) project.write(path, text);
}
