import type { JsonSchema } from './json-schema.ts';
import { described, dictionary, exclusive, flag, list, record, ref, text } from './json-schema.ts';

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
  pii: text(
    'Personal data, and of which kind: it goes wherever the values go and must not reach the marts untreated. `id` is for pseudonyms, which may.',
    ['email', 'id'],
    { title: 'a tag in small letters, such as `email` or `id`', pattern: '^[a-z][a-z0-9_]*$' },
  ),
  zone: text('The IANA zone of a timestamp that arrives without one.', ['Europe/Moscow']),
  tests: described('Tests of the column.', [['not_null']], ref('columnTests')),
};

const nameInSource = text(
  'The name that the source has for it, where that is another: letters of either case, blanks, any signs.',
  ['Order ID'],
  { minLength: 1 },
);

export const rawColumn: JsonSchema = {
  title: 'a column',
  anyOf: [
    typeText('The type of the values.'),
    record('a column', { ...aboutColumn, from: nameInSource }, { required: ['type'] }),
  ],
  description: 'A column as it arrives: a type, or a type and more.',
  examples: ['timestamp', { type: 'text', required: true }, { type: 'text', from: 'Order ID' }],
};

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
  event: described(
    'The name of an event, by the tracking plan of this source: an old name (`renamed_from`) becomes the new one, any other stays. Read from the plan’s `name` column.',
    ['raw.events'],
    ref('model'),
  ),
  hash: described(
    'Pseudonymised by a keyed hash: HMAC-SHA-256 in 64 hexadecimal digits, by the key in the variable that `hash_key_env` of project.yml names. Null stays null.',
    ['user_id', 'lower(trim(email))'],
    ref('sql'),
  ),
};

const whyNotPersonal = text('With `pii: none`: why the column tells of nobody.', [
  'A domain of mail is shared by many people.',
]);

/** Where a model says something of what it was made from. */
const endOfPersonal: Readonly<Record<string, JsonSchema>> = {
  pii: {
    ...aboutColumn.pii,
    description: `${aboutColumn.pii!.description} \`none\`, with \`why\`, ends it: what is computed here tells of nobody.`,
    examples: ['email', 'id', 'none'],
  },
  why: whyNotPersonal,
};

export const builtColumn: JsonSchema = {
  title: 'a column',
  anyOf: [
    { title: 'nothing', type: 'null' },
    ref('sql'),
    record(
      'a column',
      { ...columnBodies, ...aboutColumn, ...endOfPersonal },
      { allOf: exclusive('is', 'map', 'money', 'identity', 'hash', 'event') },
    ),
  ],
  description:
    'With `from:`: nothing (the column of that name), an expression, or a mapping. Without: the type, or a mapping with it.',
  examples: ['lower(event_name)', { is: "coalesce(country, 'unknown')", type: 'text' }],
};
