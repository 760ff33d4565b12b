import type { Scenario, ScenarioStep } from './scenario.ts';

/* Who a device stands for (semantics.md §8), as events, logins and corrections arrive: what is stitched, what is stitched again, and what is left alone. */

const project = `project: identity
language: 1
entities: {user: {key: user_id}}
targets: {dev: {engine: duckdb, path: identity.duckdb}}
`;
const raw = `description: Events of the tracker.
source: {files: data/*.csv, on_change: reload}
key: id
columns: {id: text, device: text, login: text, at: timestamp}
`;
const identity = (anonymous: string) => `description: Whom a device stands for.
identity:
  entity: user
  links: [{from: raw.hits, anonymous: device, known: login, at: at}]
  anonymous: ${anonymous}
  shared_device: {max_users: 3}
  block: ["", "null", "-1"]
`;
const hits = `description: One row per event, with the person.
from: raw.hits
key: id
time: at
incremental: {by: day}
columns:
  id:
  at:
  person: {identity: user}
`;
const people = `description: Events per person.
key: person
incremental: {by: key}
columns: {person: text, hits: integer}
`;

const texts = (anonymous: string) => ({
  'project.yml': project,
  'models/raw/hits.yml': raw,
  'models/clean/people_map.yml': identity(anonymous),
  'models/clean/hits.yml': hits,
  'models/marts/people.yml': people,
  'models/marts/people.sql': 'select person, count(*) as hits from clean.hits where person is not null group by person',
});

/** `e1 d1 U1 5`: event, device, login (`-` for none), day of January at ten. */
const csv = (...rows: readonly string[]) =>
  `id,device,login,at\n${rows
    .map((row) => {
      const [id, device, login, day] = row.split(' ') as [string, string, string, string];
      return [
        id,
        device === '-' ? '' : device,
        login === '-' ? '' : login,
        `2025-01-${day.padStart(2, '0')}T10:00Z`,
      ].join(',');
    })
    .join('\n')}\n`;

/** `e1 U1`: what each event is stitched to, whatever its time. */
const stitched = (...pairs: readonly string[]): ScenarioStep['expect']['state'] => ({
  "select string_agg(id || ' ' || coalesce(person, '-'), ', ' order by id) from clean.hits": [pairs.join(', ')],
});
const map = (text: string): ScenarioStep['expect']['state'] => ({
  "select coalesce(string_agg(device || ' ' || login || ' ' || coalesce(cast(extract(day from valid_from) as varchar), '-') || ' ' || coalesce(cast(extract(day from valid_to) as varchar), '-') || ' ' || evidence, ', ' order by device, evidence), '') from clean.people_map":
    [text],
});

const log = ['e1 d1 - 1', 'e2 d1 U1 2', 'e3 d1 - 3', 'e4 d1 U2 4', 'e5 d1 - 5', 'e6 d2 - 6', 'e7 d2 U1 7'];
const once = (title: string, anonymous: string, rows: readonly string[], ...pairs: readonly string[]): Scenario => ({
  title: `identity: ${title}`,
  project: texts(anonymous),
  steps: [{ files: { 'data/1.csv': csv(...rows) }, expect: { state: stitched(...pairs)! } }],
});

/** Things that come one after another, and what each event is stitched to after each. */
const story = (title: string, anonymous: string, ...steps: readonly ScenarioStep[]): Scenario => ({
  title: `identity: ${title}`,
  project: texts(anonymous),
  steps,
});
const arrives = (file: string, rows: readonly string[] | null, expect: ScenarioStep['expect']): ScenarioStep => ({
  files: { [`data/${file}.csv`]: rows && csv(...rows) },
  expect,
});

export const identityScenarios: readonly Scenario[] = [
  once(
    'nearest, the log of the semantics',
    'nearest',
    log,
    'e1 U1',
    'e2 U1',
    'e3 U1',
    'e4 U2',
    'e5 U2',
    'e6 U1',
    'e7 U1',
  ),
  once('first, the same log', 'first', log, 'e1 U1', 'e2 U1', 'e3 U1', 'e4 U2', 'e5 U1', 'e6 U1', 'e7 U1'),
  once('last, the same log', 'last', log, 'e1 U2', 'e2 U1', 'e3 U2', 'e4 U2', 'e5 U2', 'e6 U1', 'e7 U1'),
  once(
    'none, the same log',
    'none',
    log,
    'e1 device:d1',
    'e2 U1',
    'e3 device:d1',
    'e4 U2',
    'e5 device:d1',
    'e6 device:d2',
    'e7 U1',
  ),
  once(
    'a device that nobody logs in on stays itself',
    'nearest',
    ['e1 d1 - 1', 'e2 d1 - 2'],
    'e1 device:d1',
    'e2 device:d1',
  ),
  once(
    'an event without a device and without a login is nobody’s',
    'nearest',
    ['e1 - - 1', 'e2 - U1 2'],
    'e1 -',
    'e2 U1',
  ),
  once(
    'a blocked login is no login',
    'nearest',
    ['e1 d1 null 1', 'e2 d1 -1 2', 'e3 d2 null 1', 'e4 d2 U1 3'],
    'e1 device:d1',
    'e2 device:d1',
    'e3 U1',
    'e4 U1',
  ),
  once(
    'a blocked device is no device: it links nobody and is nobody',
    'nearest',
    ['e1 null - 1', 'e2 null U1 2', 'e3 -1 - 3'],
    'e1 -',
    'e2 U1',
    'e3 -',
  ),
  once(
    'the login of an event wins over its device',
    'nearest',
    ['e1 d1 U1 1', 'e2 d1 U2 2', 'e3 d1 U1 3', 'e4 d1 - 4'],
    'e1 U1',
    'e2 U2',
    'e3 U1',
    'e4 U1',
  ),
  once(
    'a person with two devices',
    'nearest',
    ['e1 d1 - 1', 'e2 d1 U1 2', 'e3 d2 - 3', 'e4 d2 U1 4', 'e5 d1 - 5'],
    'e1 U1',
    'e2 U1',
    'e3 U1',
    'e4 U1',
    'e5 U1',
  ),
  once(
    'a chain of devices and people never merges the people',
    'nearest',
    ['e1 d1 U1 1', 'e2 d1 U2 2', 'e3 d2 U2 3', 'e4 d2 U3 4', 'e5 d1 - 5', 'e6 d2 - 6'],
    'e1 U1',
    'e2 U2',
    'e3 U2',
    'e4 U3',
    'e5 U2',
    'e6 U3',
  ),
  once(
    'a diamond: two people on the same two devices',
    'nearest',
    ['e1 d1 U1 1', 'e2 d1 U2 2', 'e3 d2 U2 3', 'e4 d2 U1 4', 'e5 d1 - 5', 'e6 d2 - 5'],
    'e1 U1',
    'e2 U2',
    'e3 U2',
    'e4 U1',
    'e5 U2',
    'e6 U1',
  ),
  once(
    'many devices of one person',
    'nearest',
    ['e1 d1 - 1', 'e2 d2 - 1', 'e3 d3 - 1', 'e4 d1 U1 2', 'e5 d2 U1 2', 'e6 d3 U1 2'],
    'e1 U1',
    'e2 U1',
    'e3 U1',
    'e4 U1',
    'e5 U1',
    'e6 U1',
  ),
  once(
    'three people share a device',
    'nearest',
    ['e1 d1 U1 1', 'e2 d1 - 2', 'e3 d1 U2 3', 'e4 d1 - 4', 'e5 d1 U3 5', 'e6 d1 - 6'],
    'e1 U1',
    'e2 U1',
    'e3 U2',
    'e4 U2',
    'e5 U3',
    'e6 U3',
  ),
  once(
    'a fourth, and it lends to nobody',
    'nearest',
    ['e1 d1 U1 1', 'e2 d1 - 2', 'e3 d1 U2 3', 'e4 d1 U3 5', 'e5 d1 U4 6', 'e6 d1 - 7'],
    'e1 U1',
    'e2 device:d1',
    'e3 U2',
    'e4 U3',
    'e5 U4',
    'e6 device:d1',
  ),
  once(
    'the same with the rule first',
    'first',
    ['e1 d1 U1 1', 'e2 d1 - 2', 'e3 d1 U2 3', 'e4 d1 U3 5', 'e5 d1 U4 6'],
    'e1 U1',
    'e2 device:d1',
    'e3 U2',
    'e4 U3',
    'e5 U4',
  ),
  once(
    'a login at the very instant of an event without one',
    'nearest',
    ['e1 d1 U1 1', 'e2 d1 - 3', 'e3 d1 U2 3'],
    'e1 U1',
    'e2 U2',
    'e3 U2',
  ),
  once(
    'two logins at one instant: the later by the event’s id stands',
    'nearest',
    ['e1 d1 U1 1', 'e2 d1 U2 1', 'e3 d1 - 2', 'e0 d1 - 1'],
    'e0 U2',
    'e1 U1',
    'e2 U2',
    'e3 U2',
  ),
  once(
    'whoever logs in again is the same person',
    'nearest',
    ['e1 d1 U1 1', 'e2 d1 U1 2', 'e3 d1 - 3', 'e4 d1 U2 4', 'e5 d1 U1 5', 'e6 d1 - 6'],
    'e1 U1',
    'e2 U1',
    'e3 U1',
    'e4 U2',
    'e5 U1',
    'e6 U1',
  ),
  once(
    'ids that are no plain words',
    'nearest',
    ['e1 gerät:1 - 1', "e2 gerät:1 o'hara 2", 'e3 устройство - 3'],
    "e1 o'hara",
    "e2 o'hara",
    'e3 device:устройство',
  ),
  {
    ...once(
      'the map says from when to when, and by which event',
      'nearest',
      log,
      'e1 U1',
      'e2 U1',
      'e3 U1',
      'e4 U2',
      'e5 U2',
      'e6 U1',
      'e7 U1',
    ),
    title: 'identity: the map says from when to when, and by which event',
    steps: [
      {
        files: { 'data/1.csv': csv(...log, 'e8 d1 U2 9') },
        expect: {
          state: map('d1 U1 - 4 e2, d1 U2 4 - e4, d2 U1 - - e7')!,
          tables: {
            'clean.people_map__shared_devices': [['d1', '2', '2025-01-02T10:00:00Z', '2025-01-09T10:00:00Z', 'true']],
          },
        },
      },
    ],
  },
  story(
    'a login claims what its device did before, and nothing else',
    'nearest',
    arrives('1', ['e1 d1 - 1', 'e2 d2 - 1', 'e3 d1 - 3'], {
      state: stitched('e1 device:d1', 'e2 device:d2', 'e3 device:d1')!,
    }),
    arrives('2', ['e4 d1 U1 5'], {
      repaired: { 'clean.hits': 5, 'clean.people_map': 1, 'marts.people': 2 },
      state: stitched('e1 U1', 'e2 device:d2', 'e3 U1', 'e4 U1')!,
    }),
  ),
  story(
    'a login that arrives months late takes only the time that is its own',
    'nearest',
    arrives('1', ['e1 d1 - 1', 'e2 d1 - 3', 'e3 d1 U2 5', 'e4 d1 - 6'], {
      state: stitched('e1 U2', 'e2 U2', 'e3 U2', 'e4 U2')!,
    }),
    arrives('2', ['e5 d1 U1 2'], {
      repaired: { 'clean.hits': 5 },
      state: stitched('e1 U1', 'e2 U1', 'e3 U2', 'e4 U2', 'e5 U1')!,
    }),
  ),
  story(
    'a link that is taken back undoes itself',
    'nearest',
    arrives('1', ['e1 d1 - 1', 'e2 d1 U1 2'], { state: stitched('e1 U1', 'e2 U1')! }),
    arrives('2', ['e3 d1 U2 3', 'e4 d1 - 4'], { state: stitched('e1 U1', 'e2 U1', 'e3 U2', 'e4 U2')! }),
    arrives('2', ['e4 d1 - 4'], { repaired: { 'clean.hits': 3 }, state: stitched('e1 U1', 'e2 U1', 'e4 U1')! }),
    arrives('1', ['e1 d1 - 1'], { state: stitched('e1 device:d1', 'e4 device:d1')! }),
  ),
  story(
    'a fourth person ends the lending of a device, also for what was stitched before; taken back, it lends again',
    'nearest',
    arrives('1', ['e1 d1 U1 1', 'e2 d1 - 2', 'e3 d1 U2 3', 'e4 d1 U3 4', 'e5 d1 - 5'], {
      state: stitched('e1 U1', 'e2 U1', 'e3 U2', 'e4 U3', 'e5 U3')!,
    }),
    arrives('2', ['e6 d1 U4 6'], {
      state: stitched('e1 U1', 'e2 device:d1', 'e3 U2', 'e4 U3', 'e5 device:d1', 'e6 U4')!,
    }),
    arrives('2', ['e6 d1 U3 6'], { state: stitched('e1 U1', 'e2 U1', 'e3 U2', 'e4 U3', 'e5 U3', 'e6 U3')! }),
  ),
  story(
    'the same event delivered again changes nothing',
    'nearest',
    arrives('1', log, { state: stitched('e1 U1', 'e2 U1', 'e3 U1', 'e4 U2', 'e5 U2', 'e6 U1', 'e7 U1')! }),
    arrives('1', log.toReversed(), { repaired: { 'clean.hits': 0, 'clean.people_map': 0 } }),
  ),
  story(
    'another login where one was known moves the events after it',
    'nearest',
    arrives('1', ['e1 d1 U1 1', 'e2 d1 - 2', 'e3 d1 - 6'], { state: stitched('e1 U1', 'e2 U1', 'e3 U1')! }),
    arrives('2', ['e4 d1 U2 4'], {
      repaired: { 'clean.hits': 3 },
      state: stitched('e1 U1', 'e2 U1', 'e3 U2', 'e4 U2')!,
    }),
    arrives('3', ['e5 d1 - 5'], {
      repaired: { 'clean.hits': 1, 'clean.people_map': 0 },
      state: stitched('e1 U1', 'e2 U1', 'e3 U2', 'e4 U2', 'e5 U2')!,
    }),
  ),
  story(
    'a login of another device touches no row of this one',
    'nearest',
    arrives('1', ['e1 d1 - 1', 'e2 d1 U1 2'], {}),
    arrives('2', ['e3 d2 U1 2'], { repaired: { 'clean.hits': 1, 'clean.people_map': 1 } }),
  ),
  story(
    'with the rule first an earlier login changes the whole history of its device',
    'first',
    arrives('1', ['e1 d1 - 1', 'e2 d1 U1 5', 'e3 d1 - 6'], { state: stitched('e1 U1', 'e2 U1', 'e3 U1')! }),
    arrives('2', ['e4 d1 U0 3'], { state: stitched('e1 U0', 'e2 U1', 'e3 U0', 'e4 U0')! }),
  ),
  story(
    'with the rule last every new login does',
    'last',
    arrives('1', ['e1 d1 - 1', 'e2 d1 U1 2'], { state: stitched('e1 U1', 'e2 U1')! }),
    arrives('2', ['e3 d1 U2 3'], { state: stitched('e1 U2', 'e2 U1', 'e3 U2')! }),
    arrives('3', ['e4 d1 U3 1'], {
      repaired: { 'clean.people_map': 0 },
      state: stitched('e1 U2', 'e2 U1', 'e3 U2', 'e4 U3')!,
    }),
  ),
  story(
    'with the rule none links are neither kept nor followed',
    'none',
    arrives('1', ['e1 d1 - 1', 'e2 d1 U1 2'], { state: stitched('e1 device:d1', 'e2 U1')! }),
    arrives('2', ['e3 d1 U2 3'], { repaired: { 'clean.hits': 1 }, state: stitched('e1 device:d1', 'e2 U1', 'e3 U2')! }),
  ),
];
