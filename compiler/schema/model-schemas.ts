import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, dictionary, exclusive, flag, list, record, ref, text } from './json-schema.ts';

const aboutModel: Readonly<Record<string, JsonSchema>> = {
  title: text('The name for readers; the model’s name if absent.', ['Orders']),
  description: text('What a row is, in a sentence or two.', ['One row per order.']),
  owner: text('Who answers for it: a team or an address.', ['platform']),
  tags: described('Words to select by.', [['finance']], ref('tags')),
  key: described(
    'The columns that identify a row. A declared key is always tested: no null, no repetition.',
    ['event_id', ['account_id', 'day']],
    ref('columns'),
  ),
  time: text('The column that is business time: what periods and metrics go by.', ['event_time'], { minLength: 1 }),
  tests: described('Tests of the model.', [[{ rows: { min: 1, per: 'day' } }]], ref('modelTests')),
};

const typeText = (description: string, rest: JsonSchema = {}): JsonSchema =>
  text(description, ['timestamp', 'decimal(12,2)'], {
    title: 'a type: `text`, `integer`, `decimal(p,s)`, `double`, `boolean`, `date`, `timestamp` or `json`',
    pattern: '^(text|integer|double|boolean|date|timestamp|json|decimal\\( *[0-9]{1,2} *, *[0-9]{1,2} *\\))$',
    ...rest,
  });

const aboutColumn: Readonly<Record<string, JsonSchema>> = {
  type: typeText('The type of the values.'),
  required: flag('A row without a value is rejected and kept aside.', { default: false }),
  description: text('What the column means.', ['Id given by the tracker; retries repeat it.']),
  pii: text('Personal data, and of which kind. It follows the column wherever it goes.', ['id', 'email']),
  zone: text('The IANA zone of a timestamp that arrives without one.', ['Europe/Moscow']),
  tests: described('Tests of the column.', [['not_null']], ref('columnTests')),
};

const rawColumn: JsonSchema = {
  title: 'a column',
  anyOf: [typeText('The type of the values.'), record('a column', aboutColumn, { required: ['type'] })],
  description: 'A column as it arrives: a type, or a type and more.',
  examples: ['timestamp', { type: 'text', required: true }],
};

const source: JsonSchema = {
  title: 'a source: `files` or `table`',
  anyOf: [
    record(
      'files',
      {
        files: text('The files, from the project folder; `*` and `**` stand for any names.', ['data/events/*.jsonl'], {
          minLength: 1,
        }),
        format: choice('How to read them; by their ending if absent.', ['csv', 'jsonl', 'parquet'], {
          examples: ['csv'],
        }),
        on_change: choice('A file that changed after it was loaded: an error, or loaded again.', ['error', 'reload'], {
          default: 'error',
        }),
      },
      { required: ['files'] },
    ),
    record(
      'a table',
      {
        table: text('A table that is in the target already, with its schema.', ['app.events'], {
          title: 'a table, `schema.table`',
          pattern: '^[^.\\s]+\\.[^.\\s]+$',
        }),
      },
      { required: ['table'] },
    ),
  ],
  description: 'Where the rows come from.',
  examples: [{ files: 'data/events/*.jsonl' }, { table: 'app.events' }],
};

const trackingPlan: JsonSchema = record(
  'a tracking plan',
  {
    name: text('The column that holds the event’s name.', ['event_name']),
    catalog: dictionary(
      'events by name',
      record(
        'an event',
        {
          description: text('When it is sent.', ['An invoice was paid.']),
          requires: list('a list of properties', text('A property.', ['order_id']), {
            uniqueItems: true,
            description: 'Properties it always carries.',
            examples: [['order_id', 'amount']],
          }),
          since: count('The version of the plan that brought it.', [2]),
          renamed_from: text('The name it had before.', ['payment_done']),
          owner: text('Who answers for it.', ['billing']),
        },
        { description: 'What is known of the event.', examples: [{ requires: ['order_id'], owner: 'billing' }] },
      ),
      {
        description: 'The events that are expected.',
        examples: [{ invoice_paid: { requires: ['order_id', 'amount'] } }],
      },
    ),
  },
  {
    required: ['name', 'catalog'],
    description: 'The tracking plan of an event table.',
    examples: [{ name: 'event_name', catalog: { invoice_paid: { requires: ['order_id'] } } }],
  },
);

export const rawModelSchema: JsonSchema = record(
  'a raw model',
  {
    ...aboutModel,
    source,
    loaded_at: text('The column that says when a row arrived. Files get one from the load itself.', ['received_at']),
    overlap: described(
      'How far back arrivals are read again, where rows can commit late.',
      ['10 minutes'],
      ref('duration'),
    ),
    freshness: record(
      'limits of age',
      {
        warn_after: described('Age at which the source counts as late.', ['2 hours'], ref('duration')),
        error_after: described('Age at which it counts as failed.', ['24 hours'], ref('duration')),
      },
      {
        minProperties: 1,
        description: 'How old the newest row may be.',
        examples: [{ warn_after: '2 hours', error_after: '24 hours' }],
      },
    ),
    columns: dictionary('columns by name', rawColumn, {
      minProperties: 1,
      description: 'The columns as they arrive. A row that cannot be read so is kept aside with the reason.',
      examples: [{ event_id: { type: 'text', required: true }, event_time: 'timestamp' }],
    }),
    events: trackingPlan,
  },
  {
    required: ['source', 'columns'],
    description: 'A source, as it arrives: every row and every detail is kept.',
    examples: [
      {
        description: 'Product events as the tracker sent them.',
        source: { files: 'data/events/*.jsonl' },
        columns: { event_id: 'text', event_time: 'timestamp' },
      },
    ],
  },
);

const mapValue: JsonSchema = { title: 'a value', type: ['string', 'number', 'boolean', 'null'] };

const columnBodies: Readonly<Record<string, JsonSchema>> = {
  is: described('How the value is computed from the columns of `from`.', ["coalesce(country, 'unknown')"], ref('sql')),
  map: record(
    'a dictionary of values',
    {
      from: described('What is looked up.', ["properties->>'plan'"], ref('sql')),
      values: dictionary(
        'values with their spellings',
        {
          title: 'a spelling or a list of spellings',
          anyOf: [mapValue, list('a list of spellings', mapValue, { minItems: 1 })],
          description: 'The spellings that mean this value.',
          examples: [['free', 'trial']],
        },
        {
          minProperties: 1,
          description: 'Value → the spellings that mean it.',
          examples: [{ free: ['free', 'trial'] }],
        },
      ),
      else: {
        title: '`error` or a value',
        type: ['string', 'number', 'boolean', 'null'],
        default: 'error',
        description: 'Any other spelling: `error` rejects the row, a value stands for it.',
        examples: ['unknown'],
      },
    },
    {
      required: ['from', 'values'],
      description: 'Many spellings made one.',
      examples: [{ from: 'status', values: { paid: ['paid', 'PAID'] }, else: 'unknown' }],
    },
  ),
  money: record(
    'an amount of money',
    {
      amount: text('The column with the amount.', ['amount']),
      currency: text('The column with its currency.', ['currency']),
      at: text('The column with the day of the rate.', ['paid_at']),
      rates: described('The model with the rates.', ['raw.fx_rates'], ref('model')),
      max_age: described('How old the last rate before may be.', ['7 days'], ref('duration')),
    },
    {
      required: ['amount', 'currency', 'at', 'rates'],
      description: 'The amount in the currency of the project. A row without a rate is rejected.',
      examples: [{ amount: 'amount', currency: 'currency', at: 'paid_at', rates: 'raw.fx_rates' }],
    },
  ),
  identity: described('The canonical id of this entity, by its identity model.', ['user'], ref('name')),
  hash: described('Pseudonymised by a keyed hash (HMAC-SHA-256).', ['user_id'], ref('sql')),
};

const builtColumn: JsonSchema = {
  title: 'a column',
  anyOf: [
    { title: 'nothing', type: 'null' },
    ref('sql'),
    record(
      'a column',
      { ...columnBodies, ...aboutColumn },
      { allOf: exclusive('is', 'map', 'money', 'identity', 'hash') },
    ),
  ],
  description:
    'With `from:`: nothing (the column of that name), an expression, or a mapping. Without: the type, or a mapping with it.',
  examples: ['lower(event_name)', { is: "coalesce(country, 'unknown')", type: 'text' }],
};

const incremental: JsonSchema = record(
  'how to build step by step',
  {
    by: choice(
      'What is recomputed: the periods or the keys that new rows touch.',
      ['hour', 'day', 'week', 'month', 'key'],
      { examples: ['day'] },
    ),
    late: described(
      'The backfill window: older late rows wait for `etalon backfill`. Absent: no limit.',
      ['90 days'],
      ref('duration'),
    ),
    lookback: described(
      'Periods always done again, for inputs without an arrival column.',
      ['2 days'],
      ref('duration'),
    ),
    reads: dictionary(
      'models with what is read around a period',
      record(
        'a reach',
        {
          before: described('Time before the period.', ['1 day'], ref('duration')),
          after: described('Time after it.', ['1 day'], ref('duration')),
        },
        {
          minProperties: 1,
          description: 'How far beyond its period the query reads.',
          examples: [{ before: '1 day' }],
        },
      ),
      {
        description: 'Models of which more than the period is read.',
        examples: [{ 'clean.events': { before: '1 day' } }],
      },
    ),
    partial: flag('Build the period still open, too, marked partial.', { default: false }),
    batch: described('The length of a unit of work in a long backfill.', ['30 days'], ref('duration')),
  },
  { required: ['by'], description: 'Build only what new rows touch.', examples: [{ by: 'day' }] },
);

const identity: JsonSchema = record(
  'an identity',
  {
    entity: described('The entity whose ids are stitched.', ['user'], ref('name')),
    links: list(
      'a list of links',
      record(
        'a link',
        {
          from: described('The model with both ids in a row.', ['raw.events'], ref('model')),
          anonymous: text('The column with the anonymous id.', ['device_id']),
          known: text('The column with the known id.', ['user_id']),
          at: text('The column with the time.', ['event_time']),
        },
        {
          required: ['from', 'anonymous', 'known', 'at'],
          description: 'Where an anonymous id meets a known one.',
          examples: [{ from: 'raw.events', anonymous: 'device_id', known: 'user_id', at: 'event_time' }],
        },
      ),
      {
        minItems: 1,
        description: 'Where ids meet.',
        examples: [[{ from: 'raw.events', anonymous: 'device_id', known: 'user_id', at: 'event_time' }]],
      },
    ),
    also: list(
      'a list of further sources',
      record(
        'a further source',
        {
          from: described('The model.', ['raw.crm_contacts'], ref('model')),
          known: text('The column with the known id.', ['user_id']),
          attributes: described('Columns that describe the known id.', [['email_hash']], ref('names')),
        },
        {
          required: ['from', 'known'],
          description: 'A source that knows ids but links none.',
          examples: [{ from: 'raw.crm_contacts', known: 'user_id', attributes: ['email_hash'] }],
        },
      ),
      { description: 'Further sources of known ids.', examples: [[{ from: 'raw.crm_contacts', known: 'user_id' }]] },
    ),
    anonymous: choice('To whom the anonymous events of a device belong.', ['none', 'first', 'last', 'nearest'], {
      default: 'nearest',
    }),
    shared_device: record(
      'a limit',
      { max_users: count('More users than this, and a device lends its id to none.', [3]) },
      { required: ['max_users'], description: 'Devices that several people use.', examples: [{ max_users: 3 }] },
    ),
    block: list(
      'a list of values',
      { title: 'a text', type: 'string' },
      { default: [], description: 'Values that are no ids and never link.', examples: [['', 'null', '-1']] },
    ),
  },
  {
    required: ['entity', 'links'],
    description: 'A generated model: anonymous id → known id, from when to when, and by what evidence.',
    examples: [
      { entity: 'user', links: [{ from: 'raw.events', anonymous: 'device_id', known: 'user_id', at: 'event_time' }] },
    ],
  },
);

export const builtModelSchema: JsonSchema = record(
  'a model',
  {
    ...aboutModel,
    from: described(
      'The model that the rows come from. Without it an `.sql` file of the same name holds the query.',
      ['raw.events'],
      ref('model'),
    ),
    columns: dictionary('columns by name', builtColumn, {
      minProperties: 1,
      description: 'The columns, in order.',
      examples: [{ event_id: null, event_name: 'lower(event_name)' }],
    }),
    where: described('The rows of `from` that are kept.', ['event_name is not null'], ref('sql')),
    dedupe: record(
      'which of several rows is kept',
      {
        keep: choice('Which of the rows with one key.', ['first', 'last'], { examples: ['first'] }),
        by: described('In the order of these columns; ties by all others.', ['received_at'], ref('columns')),
      },
      { required: ['keep', 'by'], description: 'One row per key.', examples: [{ keep: 'first', by: 'received_at' }] },
    ),
    exclude: described('Exclusions of the project that apply.', [['test_users']], ref('names')),
    relations: dictionary(
      'relations by name',
      record(
        'a relation',
        {
          to: described('The model that is referred to.', ['marts.users'], ref('model')),
          on: described('The columns here, in the order of the key there.', ['user_id'], ref('columns')),
        },
        { required: ['to', 'on'], description: 'A foreign key.', examples: [{ to: 'marts.users', on: 'user_id' }] },
      ),
      {
        description:
          'Foreign keys, declared once, on the model that holds them. Dimensions reach through them: `customer.channel`.',
        examples: [{ customer: { to: 'marts.users', on: 'user_id' } }],
      },
    ),
    materialized: choice(
      'What is made in the database. `table`, or `incremental` where `incremental:` is given.',
      ['table', 'view', 'incremental'],
      { examples: ['view'] },
    ),
    incremental,
    indexes: list(
      'a list of indexes',
      {
        title: 'a list of columns',
        type: 'array',
        items: { title: 'a column', type: 'string' },
        minItems: 1,
        description: 'The columns of one index.',
        examples: [['user_id', 'paid_at']],
      },
      { description: 'Indexes, where the engine has them.', examples: [[['user_id', 'paid_at']]] },
    ),
    partition: record(
      'a partition',
      { by: choice('The period of a part.', ['day', 'week', 'month', 'quarter', 'year'], { examples: ['month'] }) },
      {
        required: ['by'],
        description: 'Physical partitions by the model’s time; DuckDB sorts by it.',
        examples: [{ by: 'month' }],
      },
    ),
    snapshots: record(
      'kept versions',
      { keep: count('How many.', [7]) },
      {
        required: ['keep'],
        description: 'Published versions kept to compare with and roll back to.',
        examples: [{ keep: 7 }],
      },
    ),
    contract: choice('`enforced`: a change of a type or column needs a new version.', ['enforced', 'none'], {
      default: 'none',
      examples: ['enforced'],
    }),
    version: count('Raised when the meaning changes.', [2], { default: 1 }),
    changes: described('What each version changed.', [{ 2: 'Refunds included.' }], ref('changes')),
    identity,
  },
  {
    description:
      'A model that is built: declared by `from:` and columns, by an `.sql` file beside it, or as an identity.',
    examples: [
      {
        description: 'One row per event.',
        from: 'raw.events',
        key: 'event_id',
        time: 'event_time',
        columns: { event_id: null, event_time: null, event_name: 'lower(event_name)' },
      },
    ],
  },
);
