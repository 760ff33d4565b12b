import type { Manifest } from '../../../compiler/index.ts';
import { type SampleModel, type SampleTest, sampleManifest } from '../sample-manifest.ts';

/** What of the project an edit may change. */
export interface Definitions {
  /** Events of less are left out. */
  readonly floor: number;
  /** The unit of some models. */
  readonly by: 'day' | 'week' | 'month';
  /** One mart has a column more. */
  readonly wide: boolean;
}

/** Tests that hold a model back where it has such a row, and that somebody may switch on and off. */
export const guardNames = ['no_nine', 'few_a_day', 'no_second_sight'] as const;
export type GuardName = (typeof guardNames)[number];

const files = (folder: string) =>
  ({ from: 'files', pattern: `data/${folder}/*.csv`, format: 'csv', onChange: 'reload' }) as const;

/** The newest copy of each key, for whatever comes twice. */
function newest(of: string, columns: string, key: string, order: string, where = ''): string {
  return `select ${columns} from (select *, row_number() over (partition by ${key} order by ${order}) as copy from ${of} where ${key} is not null) s where copy = 1${where}`;
}

const sources: readonly SampleModel[] = [
  {
    name: 'raw.events',
    columns: 'id integer, user_id integer, at timestamp, v integer, seen integer',
    source: files('events'),
  },
  { name: 'raw.users', columns: 'user_id integer, team text, seen integer', source: files('users') },
  {
    name: 'raw.payments',
    columns: 'id integer, user_id integer, at timestamp, amount decimal(10,2), seen timestamp',
    source: { from: 'table', table: 'app.payments', loadedAt: 'seen', overlap: '1 day' },
  },
];

function cleaned({ floor }: Definitions): readonly SampleModel[] {
  return [
    {
      name: 'clean.events',
      columns: 'id integer, user_id integer, at timestamp, v integer',
      key: ['id'],
      time: 'at',
      incremental: 'day',
      sql: newest(
        'raw.events',
        'id, user_id, at, v',
        'id',
        'seen desc nulls last, at asc nulls last, user_id asc nulls last, v asc nulls last',
        ` and v >= ${floor}`,
      ),
    },
    {
      name: 'clean.users',
      columns: 'user_id integer, team text',
      key: ['user_id'],
      sql: newest('raw.users', 'user_id, team', 'user_id', 'seen desc nulls last, team nulls last'),
    },
    {
      name: 'clean.payments',
      columns: 'id integer, user_id integer, at timestamp, amount decimal(10,2)',
      key: ['id'],
      time: 'at',
      incremental: 'key',
      sql: newest(
        'raw.payments',
        'id, user_id, at, amount',
        'id',
        'seen desc nulls last, at asc nulls last, user_id asc nulls last, amount asc nulls last',
      ),
    },
    {
      name: 'clean.members',
      columns: 'id integer, at timestamp, v integer, team text',
      materialized: 'view',
      sql: 'select e.id, e.at, e.v, u.team from clean.events e join clean.users u on u.user_id = e.user_id where u.team is not null',
    },
  ];
}

const dayOf = (column: string) => `cast(${column} at time zone 'UTC' as date)`;

function periodMarts({ by, wide }: Definitions): readonly SampleModel[] {
  return [
    {
      name: 'marts.days',
      columns: `day date, events integer, users integer, v integer${wide ? ', top integer' : ''}`,
      key: ['day'],
      time: 'day',
      incremental: 'day',
      sql: `select ${dayOf('at')} as day, count(*) as events, count(distinct user_id) as users, cast(sum(v) as bigint) as v${wide ? ', max(v) as top' : ''} from clean.events group by 1`,
    },
    {
      name: 'marts.joined',
      columns: 'id integer, at timestamp, team text, nth integer, v integer',
      key: ['id'],
      time: 'at',
      incremental: 'day',
      sql: 'select e.id, e.at, u.team, row_number() over (partition by e.user_id order by e.at nulls last, e.id) as nth, e.v from clean.events e left join clean.users u on u.user_id = e.user_id',
    },
    {
      name: 'marts.known',
      columns: 'id integer, at timestamp',
      key: ['id'],
      time: 'at',
      incremental: by,
      sql: 'select e.id, e.at from clean.events e where exists (select 1 from clean.users u where u.user_id = e.user_id and u.team is not null)',
    },
    {
      name: 'marts.viewed',
      columns: 'day date, team text, v integer',
      key: ['day', 'team'],
      time: 'day',
      incremental: by,
      sql: `select ${dayOf('at')} as day, team, cast(sum(v) as bigint) as v from clean.members where at is not null group by 1, 2`,
    },
    {
      name: 'marts.paid',
      columns: 'day date, payments integer, amount decimal(12,2)',
      key: ['day'],
      time: 'day',
      incremental: 'day',
      sql: `select ${dayOf('at')} as day, count(*) as payments, sum(amount) as amount from clean.payments group by 1`,
    },
    {
      name: 'marts.moves',
      columns: 'day date, kind text, n integer',
      key: ['day', 'kind'],
      time: 'day',
      incremental: 'day',
      sql: `select day, kind, count(*) as n from (select ${dayOf('at')} as day, 'event' as kind from clean.events union all select ${dayOf('at')} as day, 'payment' as kind from clean.payments) m group by day, kind`,
    },
  ];
}

const keyMarts: readonly SampleModel[] = [
  {
    name: 'marts.firsts',
    columns: 'user_id integer, first_at timestamp, events integer',
    key: ['user_id'],
    incremental: 'key',
    sql: 'select user_id, min(at) as first_at, count(*) as events from clean.events group by user_id',
  },
  {
    name: 'marts.teams',
    columns: 'team text, events integer, first_at timestamp',
    key: ['team'],
    incremental: 'key',
    sql: 'select team, count(*) as events, min(at) as first_at from marts.joined group by team',
  },
  {
    name: 'marts.best',
    columns: 'team text, v integer, user_id integer',
    key: ['team'],
    incremental: 'key',
    sql: 'with best as (select team, max(v) as v, min(id) as id from clean.members group by team) select b.team, b.v, e.user_id from best b left join clean.events e on e.id = b.id',
  },
  {
    name: 'marts.steps',
    columns: 'id integer, at timestamp, before_at timestamp, v integer',
    key: ['id'],
    incremental: 'key',
    sql: 'select id, at, lag(at) over (partition by user_id order by at nulls last, id) as before_at, v from clean.events',
  },
  // All rows of a user are computed together, since a part of the key is what the window is cut by.
  {
    name: 'marts.turns',
    columns: 'user_id integer, nth integer, id integer, v integer',
    key: ['user_id', 'nth'],
    incremental: 'key',
    sql: 'select user_id, row_number() over (partition by user_id order by at nulls last, id) as nth, id, v from clean.events',
  },
  {
    name: 'marts.spend',
    columns: 'user_id integer, team text, payments integer, amount decimal(12,2)',
    key: ['user_id'],
    incremental: 'key',
    sql: 'select u.user_id, u.team, count(p.id) as payments, sum(p.amount) as amount from clean.users u left join clean.payments p on p.user_id = u.user_id group by u.user_id, u.team',
  },
  {
    name: 'marts.unpaid',
    columns: 'id integer, at timestamp',
    key: ['id'],
    incremental: 'key',
    sql: 'select e.id, e.at from clean.events e where not exists (select 1 from clean.payments p where p.user_id = e.user_id)',
  },
  {
    name: 'marts.arrived',
    columns: 'user_id integer, payments integer, last timestamp',
    key: ['user_id'],
    incremental: 'key',
    sql: 'select user_id, count(*) as payments, max(at) as last from raw.payments group by user_id',
  },
  {
    name: 'marts.sorts',
    columns: 'v integer',
    key: ['v'],
    incremental: 'key',
    sql: 'select distinct v from raw.events where id is not null',
  },
  // Rows that came are added to the groups that stand: of one raw table, and through a view and a join.
  {
    name: 'marts.sums',
    columns: 'user_id integer, n integer, v integer, late integer, low integer',
    key: ['user_id'],
    incremental: 'key',
    sql: 'select user_id, count(*) as n, sum(case when v > 3 then seen end) as v, count(seen) filter (where v > 5) as late, min(v) as low from (select * from raw.events order by at) e group by user_id',
  },
  {
    name: 'marts.mates',
    columns: 'team text, v integer, n integer, high text',
    key: ['team'],
    incremental: 'key',
    sql: 'select team, v, count(*) as n, max(name) as high from (select m.team, m.v, m.team || cast(m.id as text) as name from clean.members m) q group by team, v',
  },
  // A first row of each key is looked for where something came or went before it; not so where it counts the rows behind it.
  {
    name: 'marts.opened',
    columns: 'user_id integer, at timestamp, id integer, v integer',
    key: ['user_id'],
    incremental: 'key',
    sql: 'select user_id, at, id, v from (select *, row_number() over (partition by user_id order by at, id) as nth from clean.events) q where nth = 1',
  },
  {
    name: 'marts.closed',
    columns: 'user_id integer, seen integer, at timestamp, id integer, v integer',
    key: ['user_id'],
    incremental: 'key',
    sql: 'select user_id, seen, at, id, v from (select *, row_number() over (partition by user_id order by seen desc, at, id, v) as nth from raw.events where v <> 5) q where nth = 1 and v > 2',
  },
  {
    name: 'marts.counted',
    columns: 'user_id integer, at timestamp, id integer, n integer',
    key: ['user_id'],
    incremental: 'key',
    sql: 'select user_id, at, id, n from (select *, row_number() over (partition by user_id order by at, id) as nth, count(*) over (partition by user_id) as n from clean.events) q where nth = 1',
  },
  // Nobody can tell what a row changes here: built whole, and it must be right all the same.
  {
    name: 'marts.ranked',
    columns: 'user_id integer, events integer, place integer',
    key: ['user_id'],
    incremental: 'key',
    sql: 'select user_id, events, rank() over (order by events desc) as place from marts.firsts',
  },
];

/** What a history may ask for; with each comes what it reads. */
export const leaves: readonly string[] = [...periodMarts({ floor: 0, by: 'day', wide: false }), ...keyMarts].map(
  ({ name }) => name,
);

const tests: readonly SampleTest[] = [
  { name: 'no_nine', model: 'clean.events', fails: 'v = 9' },
  { name: 'few_a_day', model: 'marts.days', fails: 'events >= 4' },
  { name: 'no_second_sight', model: 'raw.users', fails: 'seen = 2' },
  { name: 'small', model: 'clean.events', fails: 'v > 5', where: 'user_id is not null', severity: 'warn' },
  {
    name: 'unique',
    model: 'clean.events',
    failures: 'select id from clean.events group by id having count(*) > 1',
    tested: 'select count(*) from clean.events',
    follows: { tested: 'true', among: ['id'] },
  },
  {
    name: 'users_known',
    model: 'clean.events',
    severity: 'warn',
    failures:
      'select e.id, e.user_id from clean.events e where e.user_id is not null and not exists (select 1 from clean.users u where u.user_id = e.user_id)',
    tested: 'select count(user_id) from clean.events',
    follows: { tested: 'user_id is not null' },
  },
  {
    name: 'one_first',
    model: 'marts.joined',
    severity: 'warn',
    failures: 'select id, team from marts.joined where nth = 1 and v > 3',
    tested: 'select count(*) from marts.joined',
  },
  {
    name: 'one_of_all_days',
    model: 'marts.joined',
    severity: 'warn',
    failures: 'select team, nth from marts.joined where v > 2 group by team, nth having count(*) > 1',
    tested: 'select count(*) from marts.joined where v > 2',
    follows: { tested: 'v > 2', among: ['team', 'nth'] },
  },
  {
    name: 'one_per_time',
    model: 'marts.joined',
    severity: 'warn',
    failures: 'select "at", v from marts.joined group by "at", v having count(*) > 1',
    tested: 'select count(*) from marts.joined',
    follows: { tested: 'true', among: ['at', 'v'] },
  },
  {
    name: 'paid_known',
    model: 'clean.payments',
    severity: 'warn',
    failures:
      'select p.id from clean.payments p where p.user_id is not null and not exists (select 1 from clean.users u where u.user_id = p.user_id)',
    tested: 'select count(user_id) from clean.payments',
    follows: { tested: 'user_id is not null' },
  },
  { name: 'cheap', model: 'clean.payments', fails: 'amount >= 5', severity: 'warn' },
  {
    name: 'days_add_up',
    severity: 'warn',
    failures: 'select 1 as lost from marts.days having coalesce(sum(events), 0) <> (select count(*) from clean.events)',
    tested: 'select count(*) from marts.days',
  },
];

const whole = new Map<string, Manifest>();

/** All models and tests of these definitions. Increments are worked out once: that takes longer than a run. */
function wholeManifest(definitions: Definitions): Manifest {
  const key = JSON.stringify(definitions);
  const known = whole.get(key);
  if (known) return known;
  const models = [...sources, ...cleaned(definitions), ...periodMarts(definitions), ...keyMarts];
  const manifest = sampleManifest(models, tests);
  whole.set(key, manifest);
  return manifest;
}

const made = new Map<string, Manifest>();

/** The project of a history: the marts asked for, all that they read, and the tests that can be run on those. */
export function historyManifest(
  definitions: Definitions,
  asked: readonly string[],
  armed: readonly GuardName[],
): Manifest {
  const key = JSON.stringify([definitions, [...asked].sort(), [...armed].sort()]);
  const known = made.get(key);
  if (known) return known;
  const all = wholeManifest(definitions);
  const names = closureOf(all, asked);
  const isOff = (name: string) => guardNames.some((guard) => guard === name && !armed.includes(guard));
  const kept = all.tests.filter((test) => !isOff(test.name) && test.reads.every((name) => names.has(name)));
  const keptNames = new Set(kept.map(({ name }) => name));
  const models = all.models
    .filter(({ name }) => names.has(name))
    .map((model) => ({
      ...model,
      after: model.after.filter((name) => names.has(name)),
      tests: model.tests.filter((name) => keptNames.has(name)),
    }));
  const manifest = { ...all, models, tests: kept };
  made.set(key, manifest);
  return manifest;
}

function closureOf(manifest: Manifest, asked: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (name: string): void => {
    if (names.has(name)) return;
    names.add(name);
    for (const read of manifest.models.find((model) => model.name === name)?.reads ?? []) add(read);
  };
  for (const name of asked) add(name);
  return names;
}
