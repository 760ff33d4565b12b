import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles } from './compile.ts';
import { findConfusions } from './confusions.ts';
import { loadParser } from './expression/parser.ts';
import { pairsOf } from './near-pairs.ts';

beforeAll(loadParser);

const files: Readonly<Record<string, string>> = {
  'project.yml': `project: tiny
language: 1
entities:
  user: {key: user_id}
exclude:
  test_users: {entity: user, in: marts.orders, where: "country = 'XX'"}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
target: dev
`,
  'models/marts/orders.yml': `key: order_id
time: paid_at
columns: {order_id: integer, user_id: text, paid_at: timestamp, created_at: timestamp, status: text, kind: text, country: text, amount: "decimal(12,2)", refunded: "decimal(12,2)"}
`,
  'models/marts/cash.yml': `key: entry_id
time: booked_at
columns: {entry_id: integer, booked_at: timestamp, status: text, amount: "decimal(12,2)"}
`,
};
const head = `from: marts.orders
where: status in ('paid', 'refunded')
activities:
  purchase: {from: marts.orders, entity: user, time: paid_at}
cohorts:
  buyers: {anchor: purchase}
metrics:
  closing: {is: max(user_id), exclude: [test_users]}
`;

function confusions(metrics: Readonly<Record<string, string>>, segments = '') {
  const texts: Readonly<Record<string, string>> = {
    ...files,
    'metrics/m.yml': `${head}${Object.entries(metrics)
      .map(([name, text]) => `  ${name}: ${text}\n`)
      .join('')}`,
    ...(segments === '' ? {} : { 'segments/s.yml': `segments:\n${segments}` }),
  };
  const sources = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(sources);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return findConfusions(manifest!);
}

const revenue = 'sum(amount)';

describe('what the other metric does otherwise', () => {
  it.each([
    [revenue, 'sum(amount) - sum(refunded)', 'Takes off sum of refunded.', 'Вычитается сумма refunded.'],
    ['sum(amount) - sum(refunded)', revenue, 'Does not take off sum of refunded.', 'Не вычитается сумма refunded.'],
    [
      revenue,
      "{is: sum(amount), where: status = 'paid'}",
      "Does not count rows where status is 'refunded'.",
      "Не считаются строки, где status равно 'refunded'.",
    ],
    [
      "{is: sum(amount), where: status = 'paid'}",
      revenue,
      "Counts rows where status is 'refunded', too.",
      "Считаются и строки, где status равно 'refunded'.",
    ],
    [
      revenue,
      '{is: "sum(amount) filter (where kind = \'goods\')"}',
      "Counts only rows where kind is 'goods'.",
      "Считаются только строки, где kind равно 'goods'.",
    ],
    [
      "{is: sum(amount), where: \"status in ('paid', 'refunded') and kind = 'goods'\"}",
      revenue,
      "Does not ask for “kind is 'goods'”.",
      "Не требуется «kind равно 'goods'».",
    ],
    [
      revenue,
      '{is: sum(amount), time: created_at}',
      'Goes by `created_at`, not by `paid_at`.',
      'Время — `created_at`, а не `paid_at`.',
    ],
    [revenue, '{is: sum(amount), exclude: [test_users]}', 'Leaves out `test_users`.', 'Исключаются `test_users`.'],
    [
      'count(*)',
      'count(distinct user_id)',
      'Is “number of distinct user_id”, not “number of rows”.',
      'Это «число разных user_id», а не «число строк».',
    ],
    [
      'avg(amount)',
      'median(amount)',
      'Is “median of amount”, not “average of amount”.',
      'Это «медиана amount», а не «среднее amount».',
    ],
    [
      revenue,
      '{is: sum(amount), timezone: Asia/Tokyo}',
      'Goes by the days of Asia/Tokyo, not of UTC.',
      'Дни — по времени Asia/Tokyo, а не UTC.',
    ],
    [
      '{is: sum(amount), fill: 0}',
      '{is: sum(amount), window: 28 days}',
      'Counts the 28 days that end with the period; has no row for a period without data.',
      'Считается всё за 28 дней до конца периода; у периода без данных нет строки.',
    ],
    [revenue, revenue, 'Is counted in the same way.', 'Считается точно так же.'],
  ])('%s beside %s', (mine, theirs, en, ru) => {
    expect(confusions({ total_x: mine, total_y: theirs }).metrics.total_x).toEqual([
      { name: 'total_y', words: { en, ru } },
    ]);
  });

  it('looks through a metric that only names another', () => {
    const { metrics } = confusions({
      revenue,
      lately: '{is: revenue, window: 7 days}',
      growth: '{is: revenue, compare: {to: 1 month ago, as: percent}}',
    });
    expect(metrics.lately?.map(({ name, words }) => `${name}: ${words.en}`)).toEqual([
      'revenue: Counts the period itself alone.',
      'growth: Counts the period itself alone; shows the change since the same period 1 month ago.',
    ]);
  });

  it('of ratios the part that is another', () => {
    const { metrics } = confusions({
      revenue,
      orders: 'count(*)',
      days: 'count(distinct country)',
      aov: 'revenue / orders',
      arpu: 'revenue / days',
    });
    expect(metrics.arpu).toEqual([
      {
        name: 'aov',
        words: {
          en: 'Is “revenue divided by orders”, not “revenue divided by days”.',
          ru: 'Это «revenue разделить на orders», а не «revenue разделить на days».',
        },
      },
    ]);
  });

  it('of cohort forms the sentences that differ', () => {
    const form = (more: string) => `{retention: {cohort: buyers, return: purchase, every: week, periods: 4${more}}}`;
    const { metrics } = confusions({ on_time: form(''), later: form(', criteria: on_or_after') });
    expect(metrics.on_time?.[0]?.words).toEqual({
      en: 'Counted is who has `purchase` in interval k or later, as far as the data go. The mean over cohorts is the sum of the returned over the sum of the sizes, of cells that have begun.',
      ru: 'Считаются те, у кого есть `purchase` в интервале k или позже, пока есть данные. Среднее по когортам — сумма вернувшихся, делённая на сумму размеров, по начавшимся ячейкам.',
    });
  });

  it('a filter of one aggregate is a condition; beside another formula it is told with it', () => {
    const goods = '{is: "sum(amount) filter (where kind = \'goods\')"}';
    const named = confusions({
      net_goods: 'sum(amount) - sum(refunded)',
      goods,
      more_goods: '{is: sum(amount) * 2}',
    }).metrics;
    expect(named.net_goods?.[0]?.words.en).toBe(
      "Does not take off sum of refunded; counts only rows where kind is 'goods'.",
    );
    expect(named.goods?.find(({ name }) => name === 'more_goods')?.words.en).toBe(
      "Is “sum of amount times 2”, not “sum of amount where kind is 'goods'”.",
    );
  });

  it('of segments the conditions that differ', () => {
    const loyal = (times: string) =>
      `{entity: user, where: {all: [{did: purchase, times: "${times}", within: 90 days}, {did_not: purchase, within: 7 days}]}}`;
    const { segments } = confusions({ revenue }, `  loyal: ${loyal('>= 3')}\n  keen: ${loyal('>= 5')}\n`);
    expect(segments.loyal?.[0]).toEqual({
      name: 'keen',
      words: {
        en: 'Asks for “did `purchase` at least 5 times in the last 90 days”; does not ask for “did `purchase` at least 3 times in the last 90 days”.',
        ru: 'Нужно «было `purchase`, не менее 5 раз, не раньше чем за 90 дней до среза»; не нужно «было `purchase`, не менее 3 раз, не раньше чем за 90 дней до среза».',
      },
    });
  });
});

it('tells of a difference all or nothing', () => {
  // A term that stands twice; values in another order; the same lines, one of them in another group.
  const { metrics } = confusions({
    twice: 'sum(amount) + sum(refunded) + sum(refunded)',
    once: 'sum(amount) + sum(refunded)',
    listed: `{is: count(*), where: "kind in ('a', 'b') and country = 'DE'"}`,
    turned: `{is: count(*), where: "kind in ('b', 'a')"}`,
  });
  expect(metrics.twice?.find(({ name }) => name === 'once')?.words.en).toBe('Does not add sum of refunded.');
  expect(metrics.listed?.find(({ name }) => name === 'turned')?.words.en).toBe("Does not ask for “country is 'DE'”.");
  const [buys, late, visit] = ['days', 'weeks', 'months'].map((unit) => `{did: purchase, within: 9 ${unit}}`);
  const { segments } = confusions(
    { revenue },
    `  flat: {entity: user, where: {all: [${buys}, ${late}, {any: [${visit}, {did: purchase, within: 2 days}]}]}}
  deep: {entity: user, where: {all: [${buys}, {any: [${visit}, ${late}, {did: purchase, within: 2 days}]}]}}
`,
  );
  expect(segments).toEqual({});
});

it('takes nothing for another that counts something else', () => {
  const cash = '{is: sum(amount), from: marts.cash}';
  expect(confusions({ revenue, orders: 'count(*)', smallest: 'min(refunded)', cash }).metrics).toEqual({});
});

it('another table under the same name is near', () => {
  const { metrics } = confusions({ revenue, net_revenue: '{is: sum(amount), from: marts.cash}' });
  expect(metrics.revenue?.[0]?.words.en).toBe('Counts rows of `marts.cash`, not of `marts.orders`.');
});

it('is the same from both sides, five at most, the nearest first', () => {
  const windows = Object.fromEntries(
    Array.from({ length: 12 }, (_, day) => [`looked_${day}`, `{is: sum(amount), window: ${day + 2} days}`]),
  );
  const { metrics } = confusions({
    ...windows,
    revenue,
    twin: revenue,
    far: '{is: sum(amount), time: created_at, fill: 0}',
  });
  for (const [name, list] of Object.entries(metrics)) {
    expect(list.length).toBeLessThanOrEqual(5);
    for (const other of list) expect(metrics[other.name]?.map((each) => each.name)).toContain(name);
  }
  expect(metrics.revenue?.[0]?.name).toBe('twin');
});

it('sets each beside its neighbours alone where many share a key', () => {
  const items = Array.from({ length: 2_000 }, (_, i) => i);
  const pairs = pairsOf(
    items,
    () => ['one', 'two'],
    (i) => String(i).padStart(5, '0'),
  );
  expect(pairs.length).toBeLessThan(2_000 * 41);
  expect(new Set(pairs.map(([a, b]) => `${a} ${b}`)).size).toBe(pairs.length);
});
