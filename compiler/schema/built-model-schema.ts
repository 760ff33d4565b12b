import { aboutModel } from './about-model.ts';
import { builtColumn } from './column-schemas.ts';
import { identity } from './identity-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, dictionary, flag, list, record, ref } from './json-schema.ts';

const incremental: JsonSchema = record(
  'an incremental build',
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
    partial: flag('Build the period still open, too, marked partial; with false its rows come when it has ended.', {
      default: true,
    }),
    batch: described('The length of a unit of work in a long backfill.', ['30 days'], ref('duration')),
  },
  { required: ['by'], description: 'Build only what new rows touch.', examples: [{ by: 'day' }] },
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
