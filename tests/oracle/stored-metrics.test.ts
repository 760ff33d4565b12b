import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles, type Grain, loadParser, type Manifest, planQuery, type Value } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { queryTarget, readFreshStored, run, verifyState } from '../../runtime/index.ts';
import type { Plant } from '../conformance/histories/live-history.ts';
import { keptWithoutLate } from '../conformance/histories/plant-faults.ts';
import { engines } from '../conformance/on-engines.ts';

const texts = {
  'project.yml': `project: kept
language: 1
calendar: {timezone: Europe/Berlin, week_start: sunday, fiscal_year_start: april}
entities: {user: {key: user_id}}
exclude: {staff: {entity: user, in: clean.users, where: staff = 'yes'}}
targets: {dev: {engine: duckdb, path: x.duckdb}}
`,
  'models/raw/orders.yml':
    'description: Orders.\nsource: {files: data/orders/*.csv}\ncolumns: {id: text, user_id: text, at: timestamp, amount: "decimal(9,2)", n: integer, country: text}\n',
  'models/raw/users.yml':
    'description: Users.\nsource: {files: data/users/*.csv}\ncolumns: {user_id: text, channel: text, staff: text, at: timestamp}\n',
  'models/clean/users.yml':
    'description: Users.\nfrom: raw.users\nkey: user_id\ndedupe: {keep: last, by: at}\nincremental: {by: key}\ncolumns: {user_id: , channel: , staff: }\n',
  'models/marts/orders.yml':
    'description: Orders.\nfrom: raw.orders\nkey: id\ndedupe: {keep: last, by: at}\ntime: at\nincremental: {by: day}\nrelations: {customer: {to: clean.users, on: user_id}}\ncolumns: {id: , user_id: , at: , amount: , n: , country: }\n',
  'models/raw/visits.yml':
    'description: Visits.\nsource: {files: data/visits/*.csv}\ncolumns: {visit: text, user_id: text, day: date}\n',
  'models/marts/visits.yml':
    'description: Visits.\nfrom: raw.visits\nkey: visit\ndedupe: {keep: last, by: day}\ntime: day\nincremental: {by: day}\ncolumns: {visit: , user_id: , day: }\n',
  'metrics/orders.yml': `from: marts.orders
by: [country, customer.channel]
grains: [hour, day, week, month, quarter, year]
metrics:
  orders: count(*)
  revenue: {is: sum(amount) - sum(amount) filter (where country = 'DE'), exclude: [staff]}
  buyers: {is: count(distinct user_id), where: n is not null, grains: [day, month]}
  german: {is: count(distinct user_id) filter (where country = 'DE'), grains: [week, year]}
  least: {is: min(amount), grains: [day]}
  greatest: {is: max(at), grains: [month]}
  mean: {is: avg(n), grains: [day, quarter], timezone: America/New_York}
  share: {is: sum(n) / count(*), grains: [day, month]}
  middle: median(amount)
  aov: revenue / orders
  two_weeks: {is: buyers, window: 2 weeks}
  to_date: {is: revenue, to_date: month}
  before: {is: orders, compare: {to: 1 month ago, as: difference}}
  alike: {is: orders, compare: {to: 1 day ago, as: difference, include_partial: true}}
  dense: {is: orders, fill: 0}
`,
  'metrics/cohorts.yml': `activities:
  visit: {from: marts.visits, entity: user, time: day}
  order: {from: marts.orders, entity: user, time: at, where: n is not null}
  active: {any: [visit, order]}
cohorts:
  first_order: {anchor: order, where: country = 'DE', by: [country, customer.channel]}
  first_german: {anchor: order, occurrence: first_matching, where: country = 'DE', by: [country]}
  each_week: {anchor: order, occurrence: every_period, where: amount > 0, by: [country]}
  second: {anchor: order, occurrence: {nth: 2}, by: [country]}
  seen: {anchor: active}
metrics:
  weekly: {retention: {cohort: first_order, return: active, every: week, periods: 5}, grains: [week], exclude: [staff]}
  german_months: {retention: {cohort: first_german, return: order, every: month, periods: 4, criteria: on_or_after}, grains: [month]}
  every_week: {retention: {cohort: each_week, return: visit, every: week, periods: 4}, grains: [week], timezone: America/New_York}
  lost: {churn: {cohort: second, return: active, every: day, periods: 9}, grains: [day]}
  streak: {retention: {cohort: seen, return: visit, every: 2 weeks, periods: 3, criteria: streak}, grains: [week]}
  life: {lifecycle: {activity: active, every: month}, grains: [month], exclude: [staff]}
  idle: {churn: {activity: active, inactive_for: 10 days}, grains: [day]}
  sticky: {stickiness: {activity: active, of: day, in: month}, grains: [day]}
`,
} as const;

function compileTexts(files: Readonly<Record<string, string>>): Manifest {
  const sources = Object.entries(files).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(sources);
  if (!manifest) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return manifest;
}

type Row = readonly string[];
const cell = (values: readonly string[]) => fc.constantFrom(...values);
/** Both ends of days in the two zones, the day that has no 02:30 in Berlin, ends of weeks, months and years. */
const times = [
  '2024-12-31T22:30Z',
  '2024-12-31T23:30Z',
  '2025-01-04T23:30Z',
  '2025-01-05T04:30Z',
  '2025-01-31T22:59Z',
  '2025-01-31T23:00Z',
  '2025-02-01T06:00Z',
  '2025-03-30T00:30Z',
  '2025-03-30T01:30Z',
  '2025-03-31T21:30Z',
  '2025-03-31T22:30Z',
  '2025-04-02T12:15Z',
  '2025-04-02T12:45Z',
  '',
];
const ids = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6', 'o7', 'o8', 'o9'];
const order = fc.tuple(
  cell(ids),
  cell(['a', 'b', 'c', 'd', '']),
  cell(times),
  cell(['1.10', '-3.33', '200.00', '']),
  cell(['1', '2', '7', '']),
  cell(['DE', 'FR', '']),
);
const user = fc.tuple(cell(['a', 'b', 'c']), cell(['web', 'ad', '']), cell(['yes', 'no']), cell(times.slice(0, 5)));

const visit = fc.tuple(
  cell(['v1', 'v2', 'v3', 'v4', 'v5', 'v6']),
  cell(['a', 'b', 'c', 'd', '']),
  cell(['2025-01-01', '2025-01-12', '2025-02-01', '2025-03-31', '2025-04-02', '']),
);

const csv = (head: string, rows: readonly Row[]) => `${[head, ...rows.map((row) => row.join(','))].join('\n')}\n`;

const question = fc.record({
  metrics: fc.uniqueArray(
    cell(
      'orders revenue buyers german least greatest mean share middle aov two_weeks to_date before alike dense'.split(
        ' ',
      ),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  by: fc.subarray(['country', 'customer.channel']),
  grain: fc.option(fc.constantFrom<Grain>('hour', 'day', 'week', 'month', 'quarter', 'year'), { nil: undefined }),
  where: fc.option(cell(["country = 'DE'", "customer.channel is null or country <> 'FR'"]), { nil: undefined }),
  from: fc.option(cell(['2025-01-01', '2025-01-05', '2025-01-15']), { nil: undefined }),
  to: fc.option(cell(['2025-04-01', '2025-03-30', '2025-04-10']), { nil: undefined }),
  asOf: cell(['2025-04-02T12:30:00Z', '2025-02-01T05:00:00Z', '2025-03-31T22:00:00Z', '2026-01-01T00:00:00Z']),
  compare: fc.option(cell(['previous', 'year']), { nil: undefined, freq: 2 }),
});
type Asked = typeof question extends fc.Arbitrary<infer T> ? T : never;

const cohortQuestion = fc
  .record({
    name: cell('weekly german_months every_week lost streak life idle sticky'.split(' ')),
    isCut: fc.boolean(),
    isMean: fc.boolean(),
    from: fc.option(cell(['2024-12-01', '2025-01-05']), { nil: undefined }),
    to: fc.option(cell(['2025-02-02', '2025-05-01']), { nil: undefined }),
    asOf: cell(['2025-04-02T12:30:00Z', '2025-02-01T05:00:00Z', '2026-01-01T00:00:00Z']),
  })
  .map(({ name, isCut, isMean, from, to, asOf }): Asked => {
    const isCohort = /weekly|german|every|lost|streak/.test(name);
    const by = isCohort
      ? [...(isMean ? ['k'] : ['cohort', 'k']), ...(isCut && name !== 'streak' ? ['country'] : [])]
      : [];
    const where = isCut && isMean && isCohort && name !== 'streak' ? "country <> 'FR'" : undefined;
    return {
      metrics: [name],
      by,
      grain: name === 'idle' ? 'week' : undefined,
      where,
      from,
      to,
      asOf,
      compare: undefined,
    };
  });

/** Numbers at twelve significant digits: means of doubles are added up in another order. */
function comparable(rows: readonly (readonly Value[])[], types: readonly string[]): string[] {
  return rows
    .map((row) =>
      JSON.stringify(
        row.map((value, i) => {
          if (value === null) return null;
          return /^(integer|decimal|double)/.test(types[i]!) ? Number(Number(value).toPrecision(12)) : String(value);
        }),
      ),
    )
    .sort();
}

/** The answer, with what is stored or from the rows; why not, where the question has no answer. */
async function ask(engine: Engine, manifest: Manifest, asked: Asked, stored: ReadonlySet<string>) {
  const { grain, where, from, to, compare, ...rest } = asked;
  const more = {
    ...(grain ? { grain } : {}),
    ...(where ? { where } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(compare ? { compare } : {}),
  };
  const { plan, diagnostics } = planQuery(manifest, { ...rest, ...more, order: [] }, stored);
  if (!plan) return { answer: diagnostics.map(({ message }) => message), used: [] };
  const { rows } = await queryTarget({ manifest, engine, plan });
  const types = plan.columns.map(({ type }) => type);
  return { answer: comparable(rows, types), used: plan.stored ?? [] };
}

interface Delivery {
  readonly orders: readonly Row[];
  readonly users: readonly Row[];
  readonly visits: readonly Row[];
}

/** A target that files are delivered to, a run after each. */
async function withDeliveries(
  engine: Engine,
  manifest: Manifest,
  deliveries: readonly Delivery[],
  look: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-kept-'));
  try {
    for (const [i, { orders, users, visits }] of deliveries.entries()) {
      for (const [path, body] of [
        [`data/orders/${i}.csv`, csv('id,user_id,at,amount,n,country', orders)],
        [`data/visits/${i}.csv`, csv('visit,user_id,day', visits)],
        [`data/users/${i}.csv`, csv('user_id,channel,staff,at', users)],
      ] as const) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), body);
      }
      const effects = { clock: () => `2025-06-01T00:00:0${i}Z`, emit: () => undefined, folder };
      const result = await run({ manifest, engine, effects, command: 'run', threads: 2 });
      const bad = result.steps.filter(({ status }) => status === 'failed' || status === 'skipped');
      const said = bad.map(({ model, reason }) => `${model}: ${reason}`);
      expect(said, said.join('\n')).toEqual([]);
      await look(folder);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Story {
  readonly deliveries: readonly Delivery[];
  readonly questions: readonly Asked[];
}

const delivery = fc.record({
  orders: fc.array(order, { maxLength: 12, size: 'max' }),
  users: fc.array(user, { maxLength: 3 }),
  visits: fc.array(visit, { maxLength: 6 }),
});
const story: fc.Arbitrary<Story> = fc.record({
  deliveries: fc.array(delivery, { minLength: 2, maxLength: 3 }),
  questions: fc.array(fc.oneof(question, cohortQuestion), { minLength: 16, maxLength: 16 }),
});

/** After each delivery questions are answered alike from what is kept and from the rows, and what is kept is what a rebuild would leave. */
async function holdToRows(
  engine: Engine,
  manifest: Manifest,
  { deliveries, questions }: Story,
  used: Set<string>,
  plant: Plant = (one) => one,
): Promise<void> {
  const kept = keptIn(manifest);
  await withDeliveries(plant(engine), manifest, deliveries, async (folder) => {
    const fresh = await readFreshStored({ engine, manifest });
    expect([...fresh].sort()).toEqual(kept.map(({ name }) => name));
    for (const asked of questions) {
      const stored = await ask(engine, manifest, asked, fresh);
      for (const name of stored.used) used.add(name);
      expect(stored.answer, JSON.stringify(asked)).toEqual((await ask(engine, manifest, asked, new Set())).answer);
    }
    const clock = () => '2025-07-01T00:00:00Z';
    const verified = await verifyState({ engine, manifest, folder, clock, deep: true });
    expect(verified.findings).toEqual([]);
    expect(verified.compared).toEqual(expect.arrayContaining(kept.map(({ name }) => name)));
  });
}

function keptIn({ models }: Manifest): Manifest['models'] {
  return models.filter(({ generated }) => generated?.metric !== undefined);
}

/** As many metrics as it takes to see a fault. */
const fewTexts = {
  ...texts,
  'metrics/orders.yml': 'from: marts.orders\nmetrics:\n  orders: {is: count(*), grains: [day]}\n',
  'metrics/cohorts.yml': texts['metrics/cohorts.yml']
    .split('\n')
    .filter((line) => !/^ {2}(german_months|every_week|lost|streak|life|idle|sticky):/.test(line))
    .join('\n'),
};

/** In the second delivery both an order and a visit come late. */
const lateStory: Story = {
  deliveries: [
    {
      orders: [['o1', 'a', '2025-02-01T06:00Z', '1.10', '1', 'DE']],
      users: [],
      visits: [['v1', 'a', '2025-03-31']],
    },
    {
      orders: [['o2', 'b', '2025-01-05T04:30Z', '200.00', '2', 'FR']],
      users: [],
      visits: [['v2', 'a', '2025-02-05']],
    },
  ],
  questions: [
    {
      metrics: ['weekly'],
      by: ['cohort', 'k'],
      grain: undefined,
      where: undefined,
      from: undefined,
      to: undefined,
      asOf: '2026-01-01T00:00:00Z',
      compare: undefined,
    },
  ],
};

describe.each(engines)('metrics that are kept, on %s', (engineName, on) => {
  beforeAll(loadParser);
  const isDuckdb = engineName === 'DuckDB';

  it('answer as their rows do after any deliveries, and are what a rebuild would leave', async () => {
    const manifest = compileTexts(texts);
    const how = keptIn(manifest).map(({ name, increment }) => `${name} ${increment?.kind}`);
    expect(how.filter((one) => !one.endsWith('increment'))).toEqual([]);
    const used = new Set<string>();
    await fc.assert(
      fc.asyncProperty(story, (one) => on((engine) => holdToRows(engine, manifest, one, used))),
      { numRuns: isDuckdb ? 4 : 2, endOnFailure: true },
    );
    // Worth little where nothing that is stored was read.
    for (const what of [/__by_/, /__active_by_/, /__members$/, /__triangle$/])
      expect([...used].filter((name) => what.test(name))).not.toEqual([]);
  }, 600_000);

  // Calibration: a property that such a fault does not break proves nothing.
  it.each([
    ['parts, by their own data tests', /__by_/, /marts.orders__by_day: .*groups add up/],
    ['who was active, by a question', /__active_by_/, /"metrics":\["weekly"\]/],
  ] as const)('are found out where late rows do not come into %s', async (_, of, symptom) => {
    const held = on((engine) => holdToRows(engine, compileTexts(fewTexts), lateStory, new Set(), keptWithoutLate(of)));
    await expect(held).rejects.toThrow(symptom);
  });
});
