import type { Scenario } from './scenario.ts';

/* Problems by root cause, who is told of them, and sources that go stale. The clock of scenarios stands at 2025-06-01T00:00. */

const project = `project: shop
language: 1
targets: {dev: {engine: duckdb, path: target/shop.duckdb}}
notify: {slack: {url_env: HOOK}, on: [error, warn, stale]}
`;

const orders =
  'source: {files: data/*.csv, on_change: reload}\ncolumns: {id: {type: integer, required: true}, amount: integer, at: timestamp}\n';

const texts = {
  'project.yml': project,
  'models/raw/orders.yml': orders,
  'models/clean/orders.yml':
    'from: raw.orders\nkey: id\ncolumns: {id: , amount: {tests: [{range: {min: 0}}, {range: {max: 100}, severity: warn}]}}\n',
  'models/marts/halves.yml': 'key: id\ncolumns: {id: integer, half: integer}\n',
  'models/marts/halves.sql': 'select id, cast(cast(amount as text) as bigint) as half from clean.orders',
  'models/marts/top.yml': 'key: id\ncolumns: {id: integer}\n',
  'models/marts/top.sql': 'select id from marts.halves where half > 10',
};

const csv = (...rows: readonly string[]) => `id,amount,at\n${rows.join('\n')}\n`;
const ok = csv('1,10,', '2,20,');
const negative = csv('1,10,', '2,-20,');

const open =
  "select coalesce(string_agg(severity || ' ' || kind || ' ' || subject || ' ' || skipped, '; ' order by subject), '') from etalon_state.problems where ended_at is null";
const ended =
  "select coalesce(string_agg(subject || ' ' || outcome, '; ' order by subject), '') from etalon_state.problems where ended_at is not null";

const source = (freshness: string) =>
  `source: {files: data/*.csv, on_change: reload}\nloaded_at: at\nfreshness: ${freshness}\ncolumns: {id: {type: integer, required: true}, amount: integer, at: timestamp}\n`;
const sourceOnly = (freshness: string, on = '[error, stale]') => ({
  'project.yml': project.replace('[error, warn, stale]', on),
  'models/raw/orders.yml': source(freshness),
});

export const problemScenarios: readonly Scenario[] = [
  {
    title: 'a failed test is one problem whatever waits below it: told once, and once when it is over',
    project: texts,
    steps: [
      { files: { 'data/1.csv': ok }, expect: { notices: [], state: { [open]: [''] } } },
      {
        files: { 'data/1.csv': negative },
        expect: {
          exit: 5,
          steps: {
            'marts.halves': 'skipped: `clean.orders` failed',
            'marts.top': 'skipped: `clean.orders` failed, and `marts.halves` waits for it',
          },
          notices: ['+ clean.orders.amount.range'],
          state: { [open]: ['error test clean.orders.amount.range ["marts.halves","marts.top"]'] },
        },
      },
      {
        // The same cause, other numbers: nobody is told again.
        files: { 'data/2.csv': csv('3,-5,') },
        expect: {
          exit: 5,
          notices: [],
          state: { 'select count(*), min(run) = max(run) from etalon_state.problems': ['1', 'true'] },
        },
      },
      {
        files: { 'data/1.csv': ok, 'data/2.csv': csv('3,500,') },
        expect: {
          notices: ['+ clean.orders.amount.range_2', '- clean.orders.amount.range'],
          state: {
            [open]: ['warn test clean.orders.amount.range_2 []'],
            [ended]: ['clean.orders.amount.range passed'],
          },
        },
      },
      { expect: { notices: [], writes: 0 } },
    ],
  },
  {
    title:
      'a model that cannot be built is a problem; another error of it takes its place; whoever cannot be reached is told by a later run',
    project: texts,
    steps: [
      { files: { 'data/1.csv': ok }, expect: { notices: [] } },
      {
        project: {
          ...texts,
          'models/marts/halves.sql': "select id, cast('x' || amount as integer) as half from clean.orders",
        },
        unreachable: true,
        expect: {
          exit: 5,
          notices: ['+ marts.halves'],
          state: { [open]: ['error model marts.halves ["marts.top"]'] },
        },
      },
      {
        project: {
          ...texts,
          'models/marts/halves.sql': "select id, cast('x' || amount as integer) as half from clean.orders",
        },
        expect: { exit: 5, notices: ['+ marts.halves'] },
      },
      {
        project: {
          ...texts,
          'models/marts/halves.yml':
            'key: id\ncolumns: {id: integer, half: {type: integer, tests: [{range: {min: 1000}}]}}\n',
        },
        expect: {
          exit: 5,
          notices: ['+ marts.halves.half.range'],
          state: { [open]: ['error test marts.halves.half.range ["marts.top"]'], [ended]: ['marts.halves replaced'] },
        },
      },
      {
        project: texts,
        expect: {
          notices: ['- marts.halves.half.range'],
          state: { [open]: [''], [ended]: ['marts.halves replaced; marts.halves.half.range gone'] },
        },
      },
      { expect: { writes: 0, notices: [] } },
    ],
  },
  {
    title: 'a source that goes stale is warned of, then fails the run; what is below is built all the same',
    project: {
      ...sourceOnly('{warn_after: 2 hours, error_after: 1 day}'),
      'models/clean/orders.yml': 'from: raw.orders\nkey: id\ncolumns: {id: }\n',
    },
    rebuild: { equal: false, because: 'a file was taken away that had been loaded' },
    steps: [
      {
        files: { 'data/1.csv': csv('1,10,2025-05-31T22:30:00Z') },
        expect: { notices: [], warnings: [], state: { [open]: [''] } },
      },
      {
        // Nothing new has arrived; only the limits are others.
        project: sourceOnly('{warn_after: 1 hour, error_after: 1 day}'),
        expect: {
          steps: { 'raw.orders': 'fresh' },
          warnings: [
            'raw.orders: nothing has arrived for 90 minutes (since 2025-05-31T22:30:00Z), and `warn_after` is 1 hour',
          ],
          notices: ['+ raw.orders'],
          state: { [open]: ['warn freshness raw.orders []'] },
        },
      },
      {
        project: sourceOnly('{warn_after: 1 hour, error_after: 1 day}'),
        expect: { notices: [], writes: 0, warnings: ['raw.orders: nothing has arrived for 90 minutes'] },
      },
      {
        project: {
          ...sourceOnly('{error_after: 80 minutes}'),
          'models/clean/orders.yml': 'from: raw.orders\nkey: id\ncolumns: {id: , amount: }\n',
        },
        expect: {
          exit: 5,
          steps: { 'raw.orders': 'fresh', 'clean.orders': 'built' },
          notices: ['+ raw.orders'],
          state: { [open]: ['error freshness raw.orders []'], [ended]: ['raw.orders replaced'] },
        },
      },
      {
        files: { 'data/2.csv': csv('2,10,2025-05-31T23:59:00Z') },
        expect: { notices: ['- raw.orders'], state: { [open]: [''] } },
      },
      { expect: { writes: 0, notices: [] } },
    ],
  },
  {
    title: 'a source in which nothing has arrived is stale by any limit; one that cannot be read has another problem',
    project: sourceOnly('{error_after: 30 days}'),
    rebuild: { equal: false, because: 'the last load was refused' },
    steps: [
      {
        files: { 'data/1.csv': 'id,amount,at\n' },
        expect: { exit: 5, notices: ['+ raw.orders'], state: { [open]: ['error freshness raw.orders []'] } },
      },
      {
        files: { 'data/1.csv': 'id,amount\n1,2\n' },
        expect: {
          exit: 5,
          notices: ['+ raw.orders'],
          state: { [open]: ['error freshness raw.orders []; error model raw.orders []'] },
        },
      },
      {
        files: { 'data/1.csv': csv('1,2,2025-05-31T00:00:00Z') },
        expect: { notices: ['- raw.orders', '- raw.orders'], state: { [open]: [''] } },
      },
    ],
  },
  {
    title: 'who asked for errors alone is not told of warnings; what was not told is not told to be over',
    project: sourceOnly('{warn_after: 1 hour}', '[error]'),
    steps: [
      {
        files: { 'data/1.csv': csv('1,10,2025-05-01T00:00:00Z') },
        expect: { notices: [], state: { [open]: ['warn freshness raw.orders []'] } },
      },
      { files: { 'data/2.csv': csv('2,10,2025-05-31T23:59:00Z') }, expect: { notices: [], state: { [open]: [''] } } },
    ],
  },
];
