import { createApp, rawOrders, totals } from './app-orders.ts';
import type { Scenario } from './scenario.ts';

/** Data tests: what they stop, what they let pass, when they run again. */
export const testScenarios: readonly Scenario[] = [
  {
    title: 'a failed data test keeps the old data, skips what is below, and is over when the data is right',
    models: [rawOrders, totals, { name: 'marts.top', columns: 'status text', sql: 'select status from marts.totals' }],
    tests: [{ name: 'positive', model: 'marts.totals', fails: 'amount < 0' }],
    steps: [
      { sql: createApp, expect: { tests: { positive: 'passed' } } },
      {
        sql: ["insert into app.orders values (3, -50, 'void', '2025-01-03T00:00:00Z')"],
        expect: {
          exit: 5,
          steps: {
            'marts.totals': 'failed: a data test failed: `positive`; what was published before stays',
            'marts.top': 'skipped: `marts.totals` failed',
          },
          tests: { positive: 'failed' },
          tables: {
            'marts.totals': [
              ['open', '1', '20.00'],
              ['paid', '1', '10.50'],
            ],
            'marts.top': [['open'], ['paid']],
          },
          state: {
            'select test, row_keys, reason from etalon_state.failures': ['positive', '{"status":"void"}', 'positive'],
            'select status from etalon_state.runs order by number desc': ['part'],
          },
        },
      },
      {
        sql: ['delete from app.orders where id = 3'],
        expect: {
          steps: { 'marts.totals': 'built', 'marts.top': 'built' },
          tests: { positive: 'passed' },
        },
      },
    ],
  },
  {
    title: 'severity warn publishes and reports',
    models: [rawOrders, totals],
    tests: [{ name: 'small', model: 'marts.totals', fails: 'amount > 15', severity: 'warn' }],
    steps: [{ sql: createApp, expect: { steps: { 'marts.totals': 'built' }, tests: { small: 'warned' } } }],
  },
  {
    title: 'failing rows within the allowance pass, by count and by share',
    models: [rawOrders],
    tests: [
      { name: 'one row is borne', model: 'raw.orders', fails: 'amount > 15', max: { rows: 1 } },
      { name: 'half is borne', model: 'raw.orders', fails: 'amount > 15', max: { share: 0.5 } },
      { name: 'a third is not', model: 'raw.orders', fails: 'amount > 15', max: { share: 0.3 }, severity: 'warn' },
      { name: 'of those tested only', model: 'raw.orders', fails: 'amount > 15', where: "status = 'paid'" },
    ],
    steps: [
      {
        sql: createApp,
        expect: {
          tests: {
            'one row is borne': 'passed',
            'half is borne': 'passed',
            'a third is not': 'warned',
            'of those tested only': 'passed',
          },
        },
      },
    ],
  },
  {
    title: 'an edited test runs again on what is published, a passed one does not',
    models: [rawOrders, totals],
    tests: [{ name: 'few', model: 'marts.totals', fails: 'orders > 5' }],
    steps: [
      { sql: createApp, expect: { tests: { few: 'passed' } } },
      {
        tests: [{ name: 'few', model: 'marts.totals', fails: 'orders > 0' }],
        expect: { exit: 5, steps: { 'raw.orders': 'fresh', 'marts.totals': 'failed: a data test failed: `few`' } },
      },
      {
        tests: [{ name: 'few', model: 'marts.totals', fails: 'orders > 7' }],
        expect: { steps: { 'marts.totals': 'fresh: 1 data test is due' }, tests: { few: 'passed' } },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'a test that failed on what is published, and is taken back, has passed by',
    models: [rawOrders, totals, { name: 'marts.top', columns: 'status text', sql: 'select status from marts.totals' }],
    steps: [
      { sql: createApp, expect: { status: { 'marts.totals': 'ok', 'marts.top': 'ok' } } },
      {
        tests: [{ name: 'none', model: 'marts.totals', fails: 'orders > 0' }],
        expect: {
          exit: 5,
          steps: { 'marts.totals': 'failed', 'marts.top': 'skipped' },
          status: {
            'raw.orders': 'ok',
            'marts.totals': 'failing: a data test failed: `none`',
            'marts.top': 'failing: `marts.totals` failed',
          },
        },
      },
      {
        // Nothing is computed; that the problem is over is written down.
        tests: [],
        expect: {
          steps: { 'marts.totals': 'fresh', 'marts.top': 'fresh' },
          status: { 'marts.totals': 'ok', 'marts.top': 'ok' },
        },
      },
    ],
  },
  {
    title: 'a definition that could not be built, and is taken back, has passed by after a run',
    models: [rawOrders, totals],
    steps: [
      { sql: createApp, expect: {} },
      {
        models: [
          rawOrders,
          { ...totals, sql: totals.sql?.replace('sum(amount)', 'sum(amount) + cast(min(status) as integer)') ?? '' },
        ],
        expect: { exit: 5, steps: { 'marts.totals': 'failed' }, status: { 'marts.totals': 'failing' } },
      },
      {
        models: [rawOrders, totals],
        expect: { steps: { 'marts.totals': 'built: the last build failed' }, status: { 'marts.totals': 'ok' } },
      },
    ],
  },
  {
    title: 'tests that span models run after everything; a failed one is told and fails the run',
    models: [rawOrders, totals],
    tests: [
      {
        name: 'agree',
        failures: 'select 1 as difference from marts.totals having sum(orders) <> (select count(*) from raw.orders)',
      },
      { name: 'disagree', failures: 'select status from marts.totals', tested: 'select count(*) from marts.totals' },
    ],
    steps: [
      {
        sql: createApp,
        expect: { exit: 5, tests: { agree: 'passed', disagree: 'failed' }, steps: { 'marts.totals': 'built' } },
      },
      { expect: { exit: 5, tests: { disagree: 'failed' }, steps: { 'marts.totals': 'fresh' } } },
    ],
  },
  {
    title: 'only the tests, all of them, on what is published',
    models: [rawOrders, totals],
    tests: [
      { name: 'few', model: 'marts.totals', fails: 'orders > 5' },
      { name: 'none', model: 'marts.totals', fails: 'orders > 0', severity: 'warn' },
    ],
    steps: [
      { sql: createApp, expect: {} },
      { run: { testsOnly: true }, expect: { tests: { few: 'passed', none: 'warned' } } },
      {
        tests: [
          { name: 'none', model: 'marts.totals', fails: 'orders > 0' },
          { name: 'broken', failures: 'select 1 as a from marts.totals where status > 5' },
        ],
        run: { testsOnly: true },
        expect: { exit: 1, tests: { none: 'failed' } },
      },
    ],
  },
  {
    title: 'tagged columns are masked in kept rows',
    models: [{ ...rawOrders, columns: 'id integer#, amount decimal(10,2), status text, seen timestamp', key: ['id'] }],
    tests: [{ name: 'positive', model: 'raw.orders', column: 'amount', fails: 'amount > 15', severity: 'warn' }],
    steps: [
      {
        sql: createApp,
        expect: { state: { 'select row_keys from etalon_state.failures': ['{"id":"***","amount":"20.00"}'] } },
      },
    ],
  },
];
