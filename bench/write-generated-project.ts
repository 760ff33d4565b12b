import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Definitions stand in the shares that real projects have: one source in ten, three clean, three marts, three metrics. */
const perUnit = 10;

/**
 * Writes a project of about `definitions` models and metrics that compiles without a warning: units of one raw source, three clean models, three marts in SQL
 * (a join, an aggregate, a window), and a metric file of three metrics. Marts read the unit before, so that the graph has depth.
 */
export function writeGeneratedProject(folder: string, definitions: number): { readonly changed: string } {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const units = Math.max(1, Math.round(definitions / perUnit));
  write('project.yml', project);
  for (let i = 0; i < units; i += 1) {
    for (const [path, text] of Object.entries(unitFiles(i))) write(path, text);
  }
  return { changed: join(folder, `models/marts/daily_${Math.floor(units / 2)}.sql`) };
}

const project = `project: generated
language: 1
calendar: {timezone: Europe/Berlin}
targets:
  dev: {engine: duckdb, path: target/generated.duckdb}
target: dev
`;

const columns = `  id: text
  customer_id: text
  at: timestamp
  status: text
  country: text
  amount: decimal(12,2)
`;

function unitFiles(i: number): Record<string, string> {
  const before = Math.max(0, i - 1);
  // Ten units follow one another; then a new chain begins, so that ten thousand definitions are wide and not one long thread.
  const upstream = i % 10 === 0 ? `marts.facts_${i}` : `marts.daily_${before}`;
  const amount = i % 10 === 0 ? 'amount' : 'total';
  return {
    [`models/raw/source_${i}.yml`]: `description: Rows of system ${i}.\nowner: platform\nsource: {files: data/source_${i}/*.csv}\ncolumns:\n${columns}`,
    ...cleanModels(i),
    [`models/marts/facts_${i}.yml`]: `description: Facts of system ${i}.\nowner: data\nkey: id\ntime: at\ncolumns:\n${columns}`,
    [`models/marts/facts_${i}.sql`]: `select a.id, a.customer_id, a.at, lower(b.status) as status, coalesce(b.country, 'unknown') as country, cast(a.amount as decimal(12,2)) as amount
from clean.first_${i} a
join clean.second_${i} b on b.id = a.id
left join clean.third_${i} c on c.id = a.id
where a.status <> 'void' and (c.amount is null or c.amount >= 0)
`,
    [`models/marts/daily_${i}.yml`]: `description: Days of system ${i}.\nowner: data\nkey: [day, country]\ncolumns:\n  day: date\n  country: text\n  total: decimal(38,2)\n  n: integer\n`,
    [`models/marts/daily_${i}.sql`]: `select cast(at as date) as day, country, cast(sum(amount) as decimal(38,2)) as total, count(*) as n
from marts.facts_${i}
group by 1, 2
`,
    [`models/marts/ranks_${i}.yml`]: `description: Ranks of system ${i}.\nowner: data\ncolumns:\n  country: text\n  best: decimal(38,2)\n  place: integer\n`,
    [`models/marts/ranks_${i}.sql`]: `with totals as (select country, cast(sum(${amount}) as decimal(38,2)) as best from ${upstream} group by country)
select country, best, row_number() over (order by best desc, country) as place from totals
`,
    [`metrics/metrics_${i}.yml`]: metricFile(i),
  };
}

function cleanModels(i: number): Record<string, string> {
  const clean = `description: Rows of system ${i}, made sound.
owner: platform
from: raw.source_${i}
key: id
dedupe: {keep: first, by: at}
time: at
columns:
  id:
  customer_id:
  at:
  status: {is: "lower(trim(status))", type: text}
  country: {is: "coalesce(country, 'unknown')", type: text, tests: [not_null]}
  amount: {is: amount, type: "decimal(12,2)", tests: [{range: {min: 0}}]}
where: id is not null
`;
  return Object.fromEntries(['first', 'second', 'third'].map((name) => [`models/clean/${name}_${i}.yml`, clean]));
}

function metricFile(i: number): string {
  return `from: marts.facts_${i}
time: at
where: status = 'paid'
by: [country]
owner: finance
metrics:
  revenue_${i}: {is: sum(amount), unit: EUR, description: Money of system ${i}.}
  orders_${i}: {is: count(*), description: Orders of system ${i}.}
  aov_${i}: {is: revenue_${i} / orders_${i}, unit: EUR, description: Money per order of system ${i}.}
`;
}
