import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRandom } from '../support/create-random.ts';

const definitions: Readonly<Record<string, string>> = {
  'project.yml': `project: cells
language: 1
calendar: {timezone: Europe/Berlin, week_start: monday}
hash_key_env: CELLS_KEY
entities: {user: {key: user_id}, reader: {key: email}}
targets:
  dev: {engine: duckdb, path: target/cells.duckdb}
  prod: {engine: postgres, url_env: CELLS_URL}
target: dev
`,
  'models/raw/orders.yml': `source: {files: data/orders.csv}
columns: {order_id: integer, user_id: {type: text, pii: id}, country: text, paid_at: timestamp, amount: "decimal(12,2)"}
`,
  'models/raw/plans.yml': `source: {files: data/plans.csv}
columns: {plan_id: integer, user_id: {type: text, pii: id}, began: timestamp, ended: timestamp}
`,
  'models/raw/letters.yml': `source: {files: data/letters.csv}
columns: {letter_id: integer, email: {type: text, pii: email}, read_at: timestamp}
`,
  'models/marts/orders.yml': `from: raw.orders
key: order_id
time: paid_at
columns: {order_id: null, user_id: null, country: null, paid_at: null, amount: null}
`,
  'models/marts/plans.yml': `from: raw.plans
key: plan_id
time: began
columns: {plan_id: null, user_id: null, began: null, ended: null}
`,
  'models/clean/letters.yml': `from: raw.letters
key: letter_id
time: read_at
columns: {letter_id: null, email: null, read_at: null}
`,
  'metrics/cells.yml': `from: marts.orders
by: [country]
activities:
  purchase: {from: marts.orders, entity: user, time: paid_at, value: amount}
  large:    {from: marts.orders, entity: user, time: paid_at, where: amount >= 50}
  plan:     {from: marts.plans, entity: user, time: began, until: ended, value: plan_id}
  letter:   {from: clean.letters, entity: reader, time: read_at}
cohorts:
  first: {anchor: purchase, by: [country]}
  reader: {anchor: letter}
metrics:
  orders: count(*)
  buyers: count(distinct user_id)
  revenue: sum(amount)
  back: {retention: {cohort: first, return: purchase, every: month, periods: 3}}
  back_rolling: {retention: {cohort: first, return: purchase, every: 30 days, interval: rolling, brackets: [1, 2], period_zero: observed}}
  gone: {churn: {cohort: first, return: purchase, every: month, periods: 2, criteria: on_or_after}}
  idle: {churn: {activity: purchase, inactive_for: 30 days, every: month}}
  left: {churn: {activity: plan, of: opening_plus_new, every: month}}
  worth: {ltv: {cohort: first, activity: purchase, every: month, horizons: [30 days, 60 days]}}
  cohort_money: {revenue_retention: {cohort: first, activity: purchase, every: month, periods: 2}}
  kept: {revenue_retention: {activity: purchase, every: month, kind: net, base: opening_plus_reactivated}}
  running: {revenue_retention: {activity: plan, every: month, kind: net, base: opening_plus_reactivated}}
  again: {repeat: {activity: purchase, within: 30 days, every: month}}
  life: {lifecycle: {activity: purchase, every: month}}
  returned: {returned: {activity: purchase, after: 20 days}}
  sticky: {stickiness: {activity: purchase, of: day, in: month, as: histogram}}
  upsell: {funnel: {steps: [purchase, large], within: 20 days, entry: any}}
  readers: {retention: {cohort: reader, return: letter, every: month, periods: 1}}
`,
};

/** A shop with a metric of every form, in a folder of its own. */
export function stageCells(): string {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-cells-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(definitions)) write(path, text);
  writeData(write);
  return folder;
}

/** Thirty people over five months; two of them of no country. */
function writeData(write: (path: string, text: string) => void): void {
  const random = createRandom(7);
  const draw = (below: number) => Math.floor(random() * below);
  const day = (n: number) => new Date(Date.UTC(2025, 0, 1) + n * 86_400_000 + draw(86_400) * 1000).toISOString();
  const orders = Array.from({ length: 160 }, (_, i) => {
    const user = draw(30);
    const country = user % 15 === 0 ? '' : user % 2 === 0 ? 'DE' : 'FR';
    return `${i + 1},u${user},${country},${day(draw(155))},${10 + draw(60)}.00`;
  });
  const plans = Array.from({ length: 25 }, (_, i) => {
    const start = draw(120);
    return `${i + 1},u${draw(30)},${day(start)},${draw(3) === 0 ? '' : day(start + 1 + draw(60))}`;
  });
  write('data/orders.csv', `order_id,user_id,country,paid_at,amount\n${orders.join('\n')}\n`);
  write('data/plans.csv', `plan_id,user_id,began,ended\n${plans.join('\n')}\n`);
  write(
    'data/letters.csv',
    'letter_id,email,read_at\n1,ada@mail.example,2025-03-02T10:00:00Z\n2,ada@mail.example,2025-04-02T10:00:00Z\n',
  );
}
