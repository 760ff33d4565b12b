/** The shop that the examples of docs/language.md speak of: every name that they use leads somewhere. */
export const pageProject: Readonly<Record<string, string>> = {
  'project.yml': `project: storefront
language: 1
targets:
  dev: {engine: duckdb, path: target/storefront.duckdb}
target: dev
entities:
  user: {key: user_id, attributes: marts.users}
`,
  'models/raw/events.yml': `source: {files: data/events/*.jsonl}
columns: {event_id: text, event_name: text, event_time: timestamp, user_id: text}
`,
  'models/raw/clicks.yml': `source: {files: data/clicks.csv}
columns: {event_id: text, event_name: text, event_time: timestamp, user_id: text}
`,
  'models/raw/orders.yml': `source: {files: data/orders.csv}
columns:
  order_id: {type: integer, required: true}
  line: integer
  user_id: text
  status: text
  country: text
  amount: decimal(12,2)
  event_name: text
  created_at: timestamp
  paid_at: timestamp
`,
  'models/raw/users.yml': `source: {files: data/users.csv}
columns: {user_id: text, country: text, plan: text, is_test: boolean, signed_up_at: timestamp}
`,
  'models/raw/ledger.yml': `source: {files: data/ledger.csv}
columns: {paid_day: date, amount: "decimal(12,2)"}
`,
  'models/clean/users.yml': `from: raw.users
key: user_id
time: signed_up_at
columns: {user_id: null, country: null, plan: null, is_test: null, signed_up_at: null}
`,
  'models/marts/users.yml': `from: clean.users
key: user_id
time: signed_up_at
columns: {user_id: null, country: null, plan: null, signed_up_at: null}
`,
  'models/marts/orders.yml': `from: raw.orders
key: order_id
time: paid_at
columns:
  order_id:
  user_id:
  status:
  country:
  amount:
  created_at:
  paid_at:
  paid_day: cast(paid_at as date)
`,
  'models/marts/order_lines.yml': `from: raw.orders
key: [order_id, line]
columns: {order_id: null, line: null}
`,
  'metrics/page.yml': `from: marts.orders
time: paid_at
metrics:
  revenue: sum(amount)
`,
  'metrics/activities.yml': `activities:
  purchase: {from: marts.orders, entity: user, time: paid_at, value: amount}
  active: {any: [app_open, purchase]}
  app_open: {from: raw.clicks, entity: user, time: event_time, where: event_name = 'app_open'}
  signup: {from: marts.users, entity: user, time: signed_up_at}
  ticket: {from: raw.clicks, entity: user, time: event_time, where: event_name = 'ticket'}
  viewed: {from: raw.clicks, entity: user, time: event_time, where: event_name = 'viewed'}
  paid: {from: marts.orders, entity: user, time: paid_at}
  subscription_paid: {from: marts.orders, entity: user, time: paid_at, value: amount}
  checkout_started: {from: raw.clicks, entity: user, time: event_time, where: event_name = 'checkout_started'}
  invoice_paid: {from: raw.clicks, entity: user, time: event_time, where: event_name = 'invoice_paid'}
cohorts:
  signup: {anchor: signup}
  first_purchase: {anchor: purchase}
`,
  'segments/page.yml': `segments:
  employees: {entity: user, where: {did: app_open, where: user_id = 'e'}}
`,
  'tests/data/orders_without_user.sql': `select o.order_id from marts.orders o
left join marts.users u on u.user_id = o.user_id where u.user_id is null
`,
};

/** Rows for the sources, as few as make every kind of test count something. */
export const pageData: Readonly<Record<string, string>> = {
  'data/orders.csv': `order_id,line,user_id,status,country,amount,event_name,created_at,paid_at
1,1,a,paid,de,10.00,checkout_started,2025-01-03T09:00:00Z,2025-01-03T10:00:00Z
2,1,b,refunded,fr,5.50,checkout_started,2025-01-04T09:00:00Z,2025-01-04T10:00:00Z
`,
  'data/users.csv': `user_id,country,plan,is_test,signed_up_at
a,de,pro,false,2025-01-01T00:00:00Z
b,fr,free,false,2025-01-02T00:00:00Z
`,
  'data/ledger.csv': `paid_day,amount
2025-01-03,10.00
2025-01-04,5.50
`,
  'data/exports/1.csv': `order_id,Order ID
1,1
`,
  'data/clicks.csv': `event_id,event_name,event_time,user_id
e1,app_open,2025-01-03T09:00:00Z,a
`,
  'data/events/1.jsonl': `{"event_id": "e1", "event_name": "app_open", "event_time": "2025-01-03T09:00:00Z", "user_id": "a"}
`,
};
