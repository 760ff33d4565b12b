import { beforeAll, expect, it } from 'vitest';
import { compileFiles } from '../compile.ts';
import { loadParser } from '../expression/parser.ts';
import type { Manifest } from '../manifest-types.ts';

beforeAll(loadParser);

const project = `project: tiny
language: 1
calendar: {timezone: Europe/Berlin}
entities:
  user: {key: user_id, attributes: marts.users}
exclude:
  test_users: {entity: user, in: marts.users, where: "email like '%@example.test' or is_test is true"}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
target: dev
`;
const users = `key: user_id
columns: {user_id: text, email: text, is_test: boolean, plan: text, zone: text}
`;
const orders = `key: order_id
time: paid_at
columns: {order_id: integer, user_id: text, paid_at: timestamp, ended_at: timestamp, status: text, country: text, currency: text, amount: "decimal(12,2)", refunded: "decimal(12,2)"}
relations: {customer: {to: marts.users, on: user_id}}
`;
const tested = `key: order_id
time: paid_at
columns:
  order_id: {type: integer, tests: [not_null, unique]}
  user_id: {type: text, tests: [{references: marts.users.user_id}]}
  email: {type: text, tests: [{matches: '^.+@.+$'}, {null_share: {max: 2%}}]}
  status: {type: text, tests: [{accepted: [paid, refunded]}]}
  amount: {type: "decimal(12,2)", tests: [{range: {min: 0, max: 1000}}]}
  event: text
  paid_at: timestamp
tests:
  - {expression: amount >= 0 and status is not null}
  - {unique: [user_id, paid_at]}
  - {rows: {min: 1, max: 21}}
  - {rows: {min: 1, per: day}}
  - {volume: {per: day, within: 40% of median, over: 56 days}}
  - {volume: {per: week, within: 30% of median, over: 371 days}}
  - {sequence: {first: started, then: paid, per: user_id, max_violations: 0.1%, event: event}}
  - {references: {on: [user_id], to: marts.users}}
`;
const events = `source: {files: data/e.csv}
key: event_id
columns: {event_id: text, event: text, schema: integer, order_id: text, amount: text}
events:
  name: event
  version: schema
  catalog:
    invoice_paid: {requires: [order_id, amount], since: 2, renamed_from: payment_done}
    app_open: {}
`;
const acrossModels = `finance_agrees:
  reconcile: {left: {from: marts.tested, value: sum(amount)}, right: {from: marts.orders, value: sum(amount)}, per: paid_at, tolerance: 0.5%}
`;
const names = `from: marts.orders
activities:
  signup: {from: marts.orders, entity: user, time: paid_at}
  purchase: {from: marts.orders, entity: user, time: paid_at, value: amount, order: order_id}
  subscription: {from: marts.orders, entity: user, time: paid_at, until: ended_at, value: amount}
cohorts:
  signed_up: {anchor: signup}
  german: {anchor: purchase, where: country = 'DE' and amount >= 10}
  first_large: {anchor: purchase, occurrence: first_matching, where: amount > 100}
  each_month: {anchor: purchase, occurrence: every_period}
  second: {anchor: purchase, occurrence: {nth: 2}}
`;

const segments = `segments:
  buyers: {entity: user, where: {did: purchase}, expect: {size: {min: 1, max: 21}, disjoint_with: [others]}}
  others: {entity: user, where: {did_not: purchase}, expect: {size: {min: 1}}}
`;

/** Every form, and every knob of it that has words of its own. */
const definitions: Readonly<Record<string, string>> = {
  orders: 'count(*)',
  paid: "{is: count(*), where: \"status = 'paid' and country in ('DE', 'AT')\"}",
  buyers: '{is: count(distinct user_id), exclude: [test_users]}',
  revenue: '{is: sum(amount) - sum(refunded), unit: EUR}',
  average: 'avg(amount)',
  smallest: 'min(amount)',
  largest: 'max(amount)',
  typical: 'percentile(amount, 0.5)',
  share_refunded: '{is: "count(*) filter (where status = \'refunded\') / count(*)"}',
  by_own_zone: '{is: count(*), timezone: customer.zone}',
  without_time: '{is: count(*), from: marts.users}',
  aov: 'revenue / orders',
  week_back: '{is: orders, window: 7 days}',
  month_back: '{is: orders, window: 1 month}',
  ever: '{is: orders, window: unbounded}',
  month_so_far: '{is: orders, to_date: month}',
  balance: '{is: last(amount), per: [user_id, currency]}',
  first_amount: '{is: first(amount), per: user_id}',
  growth: '{is: orders, compare: {to: 1 month ago, as: percent}}',
  growth_so_far: '{is: orders, compare: {to: 2 weeks ago, as: difference, include_partial: true}}',
  times_last_year: '{is: orders, compare: {to: 1 year ago, as: ratio}}',
  last_year: '{is: orders, compare: {to: 1 year ago, as: value}}',
  dense: '{is: orders, fill: 0}',
  dense_empty: '{is: orders, fill: null}',
  one_currency: '{is: sum(amount), by: [currency], requires: [currency]}',
  retained: '{retention: {cohort: signed_up, return: purchase, every: week, periods: 12}, exclude: [test_users]}',
  retained_later:
    '{retention: {cohort: german, return: purchase, every: 3 days, periods: 4, criteria: on_or_after, min_occurrences: 2, mean: simple}}',
  retained_until:
    '{retention: {cohort: first_large, return: purchase, every: day, periods: 4, criteria: on_or_after, horizon: 2025-02-01}}',
  retained_by_then:
    '{retention: {cohort: first_large, return: purchase, every: day, periods: 4, criteria: on_or_after, horizon: {periods: 9}}}',
  retained_before:
    '{retention: {cohort: each_month, return: purchase, every: month, brackets: [1, 2, 4], criteria: on_or_before, include_partial: true}}',
  retained_in_a_row:
    '{retention: {cohort: second, return: purchase, every: week, periods: 3, interval: rolling, criteria: streak, period_zero: observed}}',
  retained_at_once:
    '{retention: {cohort: signed_up, return: purchase, every: day, periods: 3, period_zero: observed, return_after_anchor: same_instant}}',
  lost: '{churn: {cohort: signed_up, return: purchase, every: month, periods: 6, min_occurrences: 21}}',
  gone_quiet: '{churn: {activity: purchase, inactive_for: 30 days, every: week}}',
  gone_quiet_weeks: '{churn: {activity: purchase, inactive_for: 1 week}}',
  contracts_lost: '{churn: {activity: subscription, of: opening, every: month}}',
  contracts_lost_of_all: '{churn: {activity: subscription, of: opening_plus_new}}',
  kept_gross: '{revenue_retention: {activity: purchase, every: month, kind: gross}}',
  kept_running: '{revenue_retention: {activity: subscription, every: month, kind: gross}}',
  kept_net: '{revenue_retention: {activity: purchase, every: quarter, kind: net, base: opening_plus_reactivated}}',
  cohort_revenue: '{revenue_retention: {cohort: signed_up, activity: purchase, every: month, periods: 12}}',
  value_gross:
    '{ltv: {cohort: signed_up, activity: purchase, every: month, horizons: [1 day, 30 days], refunds: gross}}',
  value_refund_day: '{ltv: {cohort: signed_up, activity: purchase, horizons: [90 days]}}',
  value_order_day: '{ltv: {cohort: signed_up, activity: purchase, horizons: [1 year], refunds: on_order_date}}',
  repeated: '{repeat: {activity: purchase, within: 30 days, every: month}}',
  repeated_same_day: '{repeat: {activity: purchase, within: 1 day, same_day: count}}',
  lifecycle: '{lifecycle: {activity: purchase, every: week}}',
  lifecycle_days: '{lifecycle: {activity: purchase, every: 3 days}}',
  returned: '{returned: {activity: purchase, after: 7 days}}',
  stickiness: '{stickiness: {activity: purchase, of: day, in: month}}',
  stickiness_trailing: '{stickiness: {activity: purchase, of: day, in: week, window: trailing}}',
  weeks_of_quarter: '{stickiness: {activity: purchase, of: week, in: quarter, as: histogram}}',
  days_trailing: '{stickiness: {activity: purchase, of: day, in: month, as: histogram, window: trailing}}',
  checkout: '{funnel: {steps: [signup, purchase], within: 60 minutes}}',
  checkout_strict:
    '{funnel: {steps: [signup, purchase, subscription], within: 1 hour, entry: any, order: strict, window_from: previous_step, bound: exclusive, count: attempts}}',
  checkout_any: '{funnel: {steps: [signup, purchase], within: 21 days, order: any}}',
};

function compileAll(): Manifest {
  const metrics = Object.entries(definitions).map(([name, text]) => `  ${name}: ${text}\n`);
  const texts = {
    'project.yml': project,
    'models/marts/users.yml': users,
    'models/marts/orders.yml': orders,
    'models/marts/tested.yml': tested,
    'models/raw/events.yml': events,
    'tests/data/across.yml': acrossModels,
    'segments/all.yml': segments,
    'metrics/all.yml': `${names}metrics:\n${metrics.join('')}`,
  };
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(files);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return manifest!;
}

it('tells every form and knob in both languages', async () => {
  const { metrics: all, tests } = compileAll();
  const metrics = new Map(all.map((metric) => [metric.name, metric]));
  const list = (sentences: readonly string[]) => sentences.map((sentence) => `- ${sentence}\n`).join('');
  const page = Object.entries(definitions).map(([name, text]) => {
    const { en, ru } = metrics.get(name)!.words;
    return `## ${name}\n\`\`\`yaml\n${name}: ${text}\n\`\`\`\n${list(en)}\n${list(ru)}`;
  });
  const head =
    '# In words\n\nWhat `etalon explain` and the dictionary say of each form and of data tests, in English and in Russian. Made from the definitions by `npx vitest run compiler/plan/words.test.ts -u`; the activities and cohorts are those of the test.\n\n';
  const rules = tests.map(({ words: { en, ru } }) => `| ${en} | ${ru} |\n`.replaceAll('|$', '\\|$'));
  const table = `\n## Data tests\n| | |\n|---|---|\n${[...new Set(rules)].join('')}`;
  await expect(`${head}${page.join('\n')}${table}`).toMatchFileSnapshot('../../docs/in-words.md');
});

it('leaves no English word in Russian but what the author wrote', () => {
  const authored =
    /`[^`]*`|'[^']*'|Europe\/Berlin|\b(order_id|user_id|paid_at|email|is_test|status|country|amount|refunded|revenue|orders|k)\b/g;
  const { metrics, tests } = compileAll();
  const told = [...metrics, ...tests.map(({ name, words }) => ({ name, words: { ru: [words.ru] } }))];
  const found = told.flatMap(({ name, words }) =>
    words.ru
      .filter((sentence) => /[a-z]/i.test(sentence.replace(authored, '')))
      .map((sentence) => `${name}: ${sentence}`),
  );
  expect(found).toEqual([]);
});
