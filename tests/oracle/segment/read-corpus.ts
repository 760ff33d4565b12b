import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, load } from 'js-yaml';
import { instant } from '../cohort/clock.ts';
import type { Properties, SegmentEvent, SegmentWorld, Verdict, WrittenSegment } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

export interface CorpusExample {
  readonly segment: string;
  readonly title: string;
  readonly expect: { readonly members: readonly string[] } | readonly Row[];
  readonly world: SegmentWorld;
}

/** Whoever writes the corpus writes instants without seconds, too; YAML's core schema keeps them text. */
const at = (text: unknown) => instant(String(text));

interface Source {
  readonly model: string;
  readonly time: string;
  readonly key: string;
  readonly value?: string;
  readonly matches?: (row: Row) => boolean;
}

const event = (name: string): Source => ({
  model: 'marts.events',
  time: 'event_time',
  key: 'event_id',
  matches: (row) => row.event_name === name,
});

/** metrics/activities.yml of the corpus, by hand. */
const activities: Readonly<Record<string, readonly Source[]>> = {
  signup: [{ model: 'marts.users', time: 'signed_up_at', key: 'user_id' }],
  open: [{ model: 'marts.opens', time: 'at', key: 'open_id' }],
  purchase: [
    {
      model: 'marts.orders',
      time: 'paid_at',
      key: 'order_id',
      value: 'amount',
      matches: (row) => row.status === 'paid',
    },
  ],
  viewed: [event('viewed')],
  paid: [event('paid')],
  ticket: [event('ticket')],
};
const sourcesOf = (name: string) =>
  name === 'active' ? [...activities.open!, ...activities.purchase!] : activities[name]!;

const known =
  (test: (value: never) => boolean, column: string) =>
  (row: Row): Verdict =>
    row[column] === undefined || row[column] === null ? null : test(row[column] as never);

/** The SQL that stands in the corpus, by hand. */
const sql: SegmentWorld['sql'] = {
  "country = 'DE'": known((v: string) => v === 'DE', 'country'),
  "country <> 'DE'": known((v: string) => v !== 'DE', 'country'),
  'country is null': (row) => row.country === undefined || row.country === null,
  "plan = 'pro'": known((v: string) => v === 'pro', 'plan'),
  'age >= 18': known((v: number) => v >= 18, 'age'),
};

export function readCorpus(folder: string): CorpusExample[] {
  const segments: Record<string, WrittenSegment & { readonly examples?: readonly Row[] }> = {};
  for (const file of readdirSync(join(folder, 'segments')).filter((name) => name.endsWith('.yml'))) {
    const text = readFileSync(join(folder, 'segments', file), 'utf8');
    Object.assign(segments, (load(text, { schema: CORE_SCHEMA }) as { segments: object }).segments);
  }
  return Object.entries(segments).flatMap(([segment, { examples = [] }]) =>
    examples.map((example) => ({
      segment,
      title: String(example.title),
      expect: example.expect as CorpusExample['expect'],
      world: worldOf(folder, segments, example),
    })),
  );
}

function worldOf(folder: string, segments: SegmentWorld['segments'], example: Row): SegmentWorld {
  const given = example.given as Readonly<Record<string, readonly Row[]>>;
  const users = given['marts.users'] ?? [];
  const eventsOf = ({ model, time, key, value, matches }: Source): SegmentEvent[] =>
    (given[model] ?? [])
      .filter((row) => row[time] !== undefined && (matches?.(row) ?? true))
      .map((row) => ({
        entity: String(row.user_id),
        at: at(row[time]),
        key: row[key] as string | number,
        model,
        row,
        ...(value === undefined ? {} : { value: (row[value] ?? null) as number | null }),
      }));
  const calendar = example.calendar as { readonly timezone: string } | undefined;
  return {
    calendar: { zone: calendar?.timezone ?? 'UTC', weekStart: 1 },
    asOf: at(example.as_of),
    population: new Map(users.map((row) => [String(row.user_id), row as Properties])),
    events: (name) => sourcesOf(name).flatMap(eventsOf),
    segments,
    lists: {
      'segments/lists/staff.csv': readFileSync(join(folder, 'segments/lists/staff.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1),
    },
    exclusions: { test_users: new Set(users.filter((row) => row.is_test === true).map((row) => String(row.user_id))) },
    sql,
  };
}
