import type { Scenario } from './scenario.ts';

/* The clean layer as declarations: copies, casts, dictionaries, money, exclusions, and where every row went. */

const project = `project: clean
language: 1
calendar: {timezone: Europe/Berlin}
currency: EUR
entities: {user: {key: user_id, attributes: clean.users}}
exclude: {testers: {entity: user, in: clean.users, where: is_test}}
targets: {dev: {engine: duckdb, path: clean.duckdb}}
`;

const withoutExclusion = project.replace(/exclude:.*\n/, '');

const rawUsers = `description: Accounts.
source: {files: data/users/*.csv, on_change: reload}
columns: {user_id: text, is_test: boolean}
`;
const users = `description: One row per account.
from: raw.users
key: user_id
incremental: {by: key}
columns:
  user_id:
  is_test: coalesce(is_test, false)
`;
const rawOrders = `description: Orders as they came.
source: {files: data/orders/*.csv, on_change: reload}
loaded_at: seen
columns: {id: text, user_id: text, state: text, n: text, price: text, day: text, paid_at: text, seen: timestamp}
`;
const orders = `description: One row per order.
from: raw.orders
key: id
dedupe: {keep: last, by: seen}
time: paid_at
incremental: {by: day}
where: state is distinct from 'draft'
exclude: [testers]
columns:
  id: {required: true}
  user_id:
  state: {map: {from: state, values: {paid: [paid, PAID], open: [open, null]}}}
  n: {type: integer}
  price: {type: "decimal(6,2)"}
  day: {type: date}
  paid_at: {type: timestamp, zone: Europe/Berlin}
`;

const head = 'id,user_id,state,n,price,day,paid_at,seen\n';
const account = (model: string) =>
  `select string_agg(part || coalesce(' ' || rule, '') || ' ' || cast(row_count as varchar), '; ' order by part, rule) from etalon_state.accounts a where model = '${model}' and build = (select max(build) from etalon_state.accounts b where b.model = a.model)`;

const total = (part: string, build: number) =>
  `select sum(row_count) from etalon_state.accounts where model = 'clean.orders' and part = '${part}' and build = ${build}`;

const rawPayments = `description: Payments.
source: {files: data/payments/*.csv}
loaded_at: paid_at
columns: {id: text, amount: "decimal(12,2)", currency: text, paid_at: timestamp}
`;
const rates = `description: Rates of the bank.
source: {files: data/rates/*.csv}
columns: {day: date, currency: text, eur: "decimal(12,6)"}
`;
const payments = `description: One row per payment, in euros.
from: raw.payments
key: id
time: paid_at
incremental: {by: day}
columns:
  id:
  paid_at:
  value: {money: {amount: amount, currency: currency, at: paid_at, rates: raw.rates, max_age: 3 days}}
`;

/** Orders with three rules that refuse rows, of which some are taken back. */
const mendable = (mended: string) => ({
  'project.yml': withoutExclusion,
  'models/raw/users.yml': rawUsers,
  'models/clean/users.yml': users,
  'models/raw/orders.yml': rawOrders,
  'models/clean/orders.yml': mendableOrders(mended),
  'models/marts/states.yml':
    'description: Orders by state.\nkey: state\nincremental: {by: key}\ncolumns: {state: text, orders: integer}\n',
  'models/marts/states.sql': 'select state, count(*) as orders from clean.orders group by state',
});
const mendableOrders = (mended: string) => `description: One row per order.
from: raw.orders
key: id
dedupe: {keep: last, by: seen}
incremental: {by: key}
columns:
  id:
  user_id: {required: ${!mended.includes('required')}}
  state: {map: {from: state, values: {paid: [paid, PAID]${mended.includes('map') ? ', lost: lost' : ''}}}}
  n: {type: ${mended.includes('type') ? 'text' : 'integer'}}
`;

export const cleanScenarios: readonly Scenario[] = [
  {
    title: 'every row is accounted for: out, a copy, not wanted, excluded by rule, or rejected with its reason',
    project: {
      'project.yml': project,
      'models/raw/users.yml': rawUsers,
      'models/clean/users.yml': users,
      'models/raw/orders.yml': rawOrders,
      'models/clean/orders.yml': orders,
    },
    steps: [
      {
        files: {
          'data/users/1.csv': 'user_id,is_test\na,false\nt,true\n',
          'data/orders/1.csv': `${head}1,a,PAID,7,9.995,2025-02-28,2025-03-30 02:30:00,2025-04-01T00:00Z\n1,a,open,7,1,2025-02-28,2025-03-30 01:30:00,2025-03-31T00:00Z\n2,t,paid,1,1,2025-01-01,2025-03-30T01:30:00Z,2025-04-01T00:00Z\n3,a,lost,x,12345.6,2025-02-30,2025-03-30 25:00:00,2025-04-01T00:00Z\n4,a,draft,y,,,,2025-04-01T00:00Z\n,a,paid,1,1,2025-01-01,,2025-04-01T00:00Z\n5,b,,,,,,2025-04-01T00:00Z\n`,
        },
        expect: {
          tables: {
            'clean.orders': [
              ['1', 'a', 'paid', '7', '10.00', '2025-02-28', '2025-03-30T01:30:00Z'],
              ['5', 'b', 'open', null, null, null, null],
            ],
            'clean.orders__rejected': [
              [null, 'a', 'paid', '1', '1', '2025-01-01', null, '2025-04-01T00:00:00Z', '`id` is missing'],
              [
                '3',
                'a',
                'lost',
                'x',
                '12345.6',
                '2025-02-30',
                '2025-03-30 25:00:00',
                '2025-04-01T00:00:00Z',
                '`state`: a value that its `map` does not list; `n` is not an integer; `price` is not a number that fits decimal(6,2); `day` is not a date; `paid_at` is not a timestamp',
              ],
            ],
          },
          state: {
            [account('clean.orders')]: [
              'duplicate 1; excluded testers 1; in 7; out 2; rejected `id` is missing 1; rejected `state`: a value that its `map` does not list; `n` is not an integer; `price` is not a number that fits decimal(6,2); `day` is not a date; `paid_at` is not a timestamp 1; rest not wanted 1',
            ],
          },
        },
      },
      {
        files: { 'data/users/2.csv': 'user_id,is_test\nb,true\n' },
        expect: {
          repaired: { 'clean.orders': 1, 'clean.orders__account': 1 },
          state: {
            [total('excluded', 2)]: ['2'],
          },
        },
      },
      {
        // The copy that comes months later, and one that is newer.
        files: {
          'data/orders/2.csv': `${head}5,b,paid,1,1,2025-01-01,2025-01-01T00:00:00Z,2025-02-01T00:00Z\n1,a,open,8,8,2025-01-01,2025-01-01T12:00:00Z,2025-09-01T00:00Z\n`,
        },
        expect: {
          tables: { 'clean.orders': [['1', 'a', 'open', '8', '8.00', '2025-01-01', '2025-01-01T12:00:00Z']] },
          state: {
            [total('duplicate', 3)]: ['3'],
          },
        },
      },
    ],
  },
  {
    title:
      'money takes the last rate at or before its day in the calendar; without one it waits among the rejected until the rate arrives',
    project: {
      'project.yml': withoutExclusion,
      'models/raw/users.yml': rawUsers,
      'models/clean/users.yml': users,
      'models/raw/payments.yml': rawPayments,
      'models/raw/rates.yml': rates,
      'models/clean/payments.yml': payments,
    },
    steps: [
      {
        files: {
          'data/users/1.csv': 'user_id,is_test\na,false\n',
          'data/rates/1.csv': 'day,currency,eur\n2025-03-07,USD,0.9\n2025-03-10,USD,0.8\n',
          'data/payments/1.csv':
            'id,amount,currency,paid_at\n1,10.05,EUR,2025-03-08T10:00Z\n2,10.05,USD,2025-03-09T10:00Z\n3,10,USD,2025-03-09T23:30Z\n4,10,USD,2025-03-20T10:00Z\n5,10,GBP,2025-03-09T10:00Z\n6,,GBP,2025-03-09T10:00Z\n7,-10.05,USD,2025-03-09T10:00Z\n',
        },
        expect: {
          tables: {
            'clean.payments': [
              ['1', '2025-03-08T10:00:00Z', '10.05', '10.05', 'EUR'],
              ['2', '2025-03-09T10:00:00Z', '9.05', '10.05', 'USD'],
              ['3', '2025-03-09T23:30:00Z', '8.00', '10.00', 'USD'],
              ['6', '2025-03-09T10:00:00Z', null, null, 'GBP'],
              ['7', '2025-03-09T10:00:00Z', '-9.05', '-10.05', 'USD'],
            ],
          },
          state: {
            [account('clean.payments')]: [
              'duplicate 0; in 7; out 5; rejected `value`: no exchange rate in raw.rates of the last 3 days 2',
            ],
          },
        },
      },
      {
        files: { 'data/rates/2.csv': 'day,currency,eur\n2025-03-20,USD,0.7\n2025-03-01,GBP,1.2\n' },
        expect: {
          repaired: { 'clean.payments': 1, 'clean.payments__value_rates': 4 },
          state: {
            [account('clean.payments')]: [
              'duplicate 0; in 7; out 6; rejected `value`: no exchange rate in raw.rates of the last 3 days 1',
            ],
          },
        },
      },
      {
        files: { 'data/rates/3.csv': 'day,currency,eur\n2025-03-08,GBP,1.2\n' },
        expect: {
          repaired: { 'clean.payments': 1 },
          state: { [account('clean.payments')]: ['duplicate 0; in 7; out 7'] },
        },
      },
    ],
  },
  {
    title:
      'rejected rows come back by themselves when the definition that refused them is mended: a map, a type, a requirement',
    project: mendable(''),
    steps: [
      {
        files: {
          'data/users/1.csv': 'user_id,is_test\na,false\n',
          'data/orders/1.csv': `${head}1,a,PAID,7,,,,2025-04-01T00:00Z\n2,a,lost,8,,,,2025-04-01T00:00Z\n3,a,paid,seven,,,,2025-04-01T00:00Z\n4,,paid,9,,,,2025-04-01T00:00Z\n`,
        },
        expect: {
          tables: {
            'clean.orders': [['1', 'a', 'paid', '7']],
            'marts.states': [['paid', '1']],
          },
          state: {
            [account('clean.orders')]: [
              'duplicate 0; in 4; out 1; rejected `n` is not an integer 1; rejected `state`: a value that its `map` does not list 1; rejected `user_id` is missing 1',
            ],
          },
        },
      },
      {
        project: mendable('map'),
        expect: {
          tables: {
            'marts.states': [
              ['lost', '1'],
              ['paid', '1'],
            ],
          },
          state: {
            [account('clean.orders')]: [
              'duplicate 0; in 4; out 2; rejected `n` is not an integer 1; rejected `user_id` is missing 1',
            ],
          },
        },
      },
      {
        project: mendable('map type'),
        expect: {
          tables: {
            'clean.orders': [
              ['1', 'a', 'paid', '7'],
              ['2', 'a', 'lost', '8'],
              ['3', 'a', 'paid', 'seven'],
            ],
            'marts.states': [
              ['lost', '1'],
              ['paid', '2'],
            ],
          },
        },
      },
      {
        project: mendable('map type required'),
        expect: {
          tables: {
            'marts.states': [
              ['lost', '1'],
              ['paid', '3'],
            ],
            'clean.orders__rejected': [],
          },
          state: { [account('clean.orders')]: ['duplicate 0; in 4; out 4'] },
        },
      },
      {
        // And they go again where a rule comes back.
        project: mendable('map type'),
        expect: {
          tables: {
            'marts.states': [
              ['lost', '1'],
              ['paid', '2'],
            ],
          },
        },
      },
    ],
  },
];
