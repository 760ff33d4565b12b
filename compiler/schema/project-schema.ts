import { environmentNamePattern } from './environment-name.ts';
import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, dictionary, list, record, ref, text } from './json-schema.ts';

const entity = record(
  'an entity',
  {
    key: text('The column that identifies it, the same in every model.', ['user_id']),
    attributes: described(
      'The model with one row per entity, where segments and dimensions find its properties.',
      ['marts.users'],
      ref('model'),
    ),
  },
  {
    required: ['key'],
    description: 'A kind of thing that is counted: a user, an account.',
    examples: [{ key: 'user_id', attributes: 'marts.users' }],
  },
);

const exclusion = record(
  'an exclusion',
  {
    entity: described('The entity that is left out.', ['user'], ref('name')),
    in: described('The model in which the condition is asked.', ['clean.users'], ref('model')),
    where: described(
      'Which of its rows name the entities to leave out. Unknown is not left out.',
      ['is_test'],
      ref('sql'),
    ),
  },
  {
    required: ['entity', 'in', 'where'],
    description: 'Entities that models, metrics and segments may leave out by this name.',
    examples: [{ entity: 'user', in: 'clean.users', where: 'is_test' }],
  },
);

const threads = count('How many models are built at once.', [4]);

const statementTimeout = text('How long one statement may take before it is cancelled.', ['2 hours'], {
  default: '6 hours',
  title: 'a length of time in seconds, minutes or hours, such as `2 hours`',
  pattern: '^[1-9][0-9]{0,5} (second|minute|hour)s?$',
});

const amount = { title: 'an amount of memory, such as `4GB`', pattern: '^[1-9][0-9]*(\\.[0-9]+)? ?([KMGT]i?B)$' };

const duckdb = record(
  'a DuckDB target',
  {
    engine: { const: 'duckdb', description: 'The embedded engine.', examples: ['duckdb'] },
    path: text('The database file, from the project folder.', ['target/storefront.duckdb'], { minLength: 1 }),
    threads,
    memory_limit: text('The most memory the engine takes; 60 % of what the machine allows if absent.', ['4GB'], amount),
    spill_limit: text(
      'The most disk that sorts and joins take beside the database; half of what is free there if absent.',
      ['20GB'],
      amount,
    ),
    statement_timeout: statementTimeout,
  },
  { required: ['engine', 'path'] },
);

/** What does not fit it is likely to be the secret itself. */
export const environmentName = { title: 'the name of an environment variable', pattern: environmentNamePattern };

const postgres = record(
  'a PostgreSQL target',
  {
    engine: { const: 'postgres', description: 'A PostgreSQL server, 16 or later.', examples: ['postgres'] },
    url_env: text(
      'The environment variable that holds the connection string. Secrets never stand in files.',
      ['DATABASE_URL'],
      environmentName,
    ),
    threads,
    statement_timeout: statementTimeout,
  },
  { required: ['engine', 'url_env'], examples: [{ engine: 'postgres', url_env: 'DATABASE_URL', threads: 4 }] },
);

const notify = record(
  'where to notify',
  {
    slack: record(
      'a Slack webhook',
      { url_env: text('The environment variable that holds the webhook.', ['SLACK_WEBHOOK'], environmentName) },
      { required: ['url_env'], description: 'A Slack channel.', examples: [{ url_env: 'SLACK_WEBHOOK' }] },
    ),
    on: list('a list of events', choice('An event.', ['error', 'warn', 'stale']), {
      uniqueItems: true,
      minItems: 1,
      default: ['error', 'stale'],
      description:
        'What is worth a message: `error`, what failed; `warn`, data tests that only warn; `stale`, sources beyond their `freshness`.',
      examples: [['error', 'stale']],
    }),
  },
  {
    required: ['slack'],
    description: 'Who is told of what went wrong: once per root cause, and once more when it is over.',
    examples: [{ slack: { url_env: 'SLACK_WEBHOOK' }, on: ['error'] }],
  },
);

const schemaName = (layer: string): JsonSchema =>
  text(
    `The schema of the ${layer} layer in the target; \`{{target}}\` is the target's name.`,
    [`${layer}_{{target}}`],
    {
      default: layer,
      title: 'a schema name',
      pattern: '^[a-z_{][a-zA-Z0-9_{} ]*$',
    },
  );

const single: JsonSchema = {
  title: 'a text, number, true or false',
  type: ['string', 'number', 'boolean'],
  description: 'A value.',
  examples: ['example.test'],
};

const variable: JsonSchema = {
  title: 'a text, number, true or false, or a list',
  description:
    'One value, or a list: of values, or of mappings whose values are such. `{{#each}}` repeats SQL for every item of a list; in it `this` is the item, and a key of a mapping is named by itself.',
  examples: [
    'example.test',
    ['ads', 'mail'],
    [
      { method: 'card', column: 'card_amount' },
      { method: 'gift_card', column: 'gift_amount' },
    ],
  ],
  anyOf: [
    single,
    list('a list', {
      title: 'a text, number, true or false, or a mapping of such',
      anyOf: [single, dictionary('a mapping of single values', single, { minProperties: 1 })],
    }),
  ],
};

export const projectSchema: JsonSchema = record(
  'a project file',
  {
    project: described('The name of the project.', ['storefront'], ref('name')),
    language: {
      title: '`1`',
      const: 1,
      description: 'The version of this language; it pins every default.',
      examples: [1],
    },
    title: text('The name for readers.', ['Storefront']),
    description: text('What the project is about, in a sentence or two.', ['Orders and app usage of the shop.']),
    calendar: described(
      'How time is cut into periods, unless a metric says otherwise.',
      [{ timezone: 'Europe/Berlin' }],
      ref('calendar'),
    ),
    currency: text('The currency that `money:` columns convert to.', ['EUR'], {
      title: 'a currency code of three capitals',
      pattern: '^[A-Z]{3}$',
    }),
    entities: dictionary('entities by name', entity, {
      description: 'What is counted: entity → key column and the model with its properties.',
      examples: [{ user: { key: 'user_id', attributes: 'marts.users' } }],
    }),
    vars: dictionary('variables by name', variable, {
      description: 'Values for templates in SQL: `{{var "name"}}`, `{{literal name}}`, `{{#each name}}`.',
      examples: [{ internal_domain: 'example.test', channels: ['ads', 'mail'] }],
    }),
    exclude: dictionary('exclusions by name', exclusion, {
      description:
        'Exclusions, named once and used by models, metrics and segments. One that nothing uses is an error.',
      examples: [{ test_users: { entity: 'user', in: 'clean.users', where: 'is_test' } }],
    }),
    targets: dictionary(
      'targets by name',
      {
        title: 'a target',
        anyOf: [duckdb, postgres],
        description: 'A database to build in.',
        examples: [{ engine: 'duckdb', path: 'target/storefront.duckdb' }],
      },
      {
        minProperties: 1,
        description: 'The databases that the project can be built in.',
        examples: [{ dev: { engine: 'duckdb', path: 'target/storefront.duckdb' } }],
      },
    ),
    target: described(
      'The target taken when `--target` names none; needed where there are several.',
      ['dev'],
      ref('name'),
    ),
    schemas: record(
      'schemas by layer',
      { raw: schemaName('raw'), clean: schemaName('clean'), marts: schemaName('marts') },
      {
        description: 'Other names for the schemas of the layers.',
        examples: [{ marts: 'analytics' }],
      },
    ),
    notify,
    site: record(
      'settings of the dictionary',
      {
        language: choice('The language of its interface.', ['en', 'ru'], { default: 'en' }),
        title: text('Its title; the project title if absent.', ['Storefront in numbers']),
        min_group_size: count(
          'Numbers of fewer people are hidden: periods and groups of metrics, cells of cohorts, steps of funnels, sizes of segments and their parts; and others with them, where a total would give them away.',
          [11],
          { minimum: 2 },
        ),
        units: dictionary(
          'forms of a unit by its name',
          record(
            'forms of a unit',
            {
              one: text('Beside 1; in Russian beside 21, too.', ['order']),
              few: text('Russian: beside 2 to 4, and beside a fraction.', ['заказа']),
              many: text('Russian: beside 5 and more.', ['заказов']),
              other: text('English: beside every other number.', ['orders']),
            },
            { minProperties: 1 },
          ),
          {
            description:
              'How a unit of metrics is written beside a number, in the words of `language`: English has the forms `one` and `other`, Russian `one`, `few` and `many` (those of Unicode CLDR). A unit without them stands in brackets where its number would ask for another form.',
            examples: [{ orders: { one: 'order', other: 'orders' } }],
          },
        ),
        base_url: text(
          'Where it is published: the feed, the documents for programs and `canonical` links name its pages by whole addresses then. `--base-url` takes its place.',
          ['https://data.example.com/dictionary/'],
        ),
      },
      { description: 'The dictionary site.', examples: [{ language: 'ru' }] },
    ),
    hash_key_env: text(
      'The environment variable that holds the key of `hash:` columns.',
      ['ETALON_HASH_KEY'],
      environmentName,
    ),
  },
  {
    required: ['project', 'language', 'targets'],
    description: 'The one file every project has: calendar, entities, exclusions, targets.',
    examples: [
      {
        project: 'storefront',
        language: 1,
        targets: { dev: { engine: 'duckdb', path: 'target/storefront.duckdb' } },
        target: 'dev',
      },
    ],
  },
);
