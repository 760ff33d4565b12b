import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, dictionary, list, record, ref, text } from './json-schema.ts';

const severity = choice(
  '`error` keeps the arriving rows from being published, `warn` only reports.',
  ['warn', 'error'],
  {
    default: 'warn',
  },
);

const max = described('How many of the events are borne.', ['0.5%', '10 rows'], ref('allowance'));

const rule = (title: string, description: string): JsonSchema =>
  record(title, { severity, max }, { minProperties: 1, description, examples: [{ severity: 'error', max: '0.5%' }] });

const event: JsonSchema = record(
  'what is known of an event',
  {
    description: text('When it is sent.', ['An invoice was paid.']),
    requires: list('a list of properties', text('A property.', ['order_id']), {
      uniqueItems: true,
      description:
        'Properties it always carries: columns of the source, or keys of its JSON column (`cart.total`: a key inside another). One that is null is missing.',
      examples: [['order_id', 'amount']],
    }),
    since: count(
      'The version of the plan that brought it. An earlier version must not send it under its own name, and what it `requires` is asked from that version on; without a `version` column it is only told.',
      [2],
    ),
    renamed_from: text(
      'The name it had before. An event of that name is this one: both work until the line is removed. A clean model writes the new name with `event:`.',
      ['payment_done'],
    ),
    owner: text('Who answers for it.', ['billing']),
    severity: choice('What a missing property of this event does; as `missing` says if absent.', ['warn', 'error'], {
      examples: ['error'],
    }),
    max: described(
      'How many of these events may lack a property; as `missing` says if absent.',
      ['1%'],
      ref('allowance'),
    ),
  },
  { description: 'What is known of the event.', examples: [{ requires: ['order_id'], owner: 'billing' }] },
);

const eventOrNothing: JsonSchema = {
  title: 'an event',
  anyOf: [{ title: 'nothing', type: 'null' }, event],
  description: 'What is known of the event; nothing where its name is all.',
  examples: [{ requires: ['order_id'], owner: 'billing' }],
};

export const trackingPlanSchema: JsonSchema = record(
  'a tracking plan',
  {
    name: text('The column that holds the event’s name.', ['event_name']),
    properties: text('The JSON column that holds the properties; the only one there is if absent.', ['properties']),
    version: text(
      'The column with the version of the plan that the sender was built with, a whole number; `schema_version` if absent, where there is such a column.',
      ['schema_version'],
    ),
    unknown: rule(
      'what of unknown events',
      'Events that the catalog does not have, or not in the version that sent them.',
    ),
    missing: rule('what of missing properties', 'Events that lack a property which they always carry.'),
    catalog: dictionary('events by name', eventOrNothing, {
      minProperties: 1,
      description: 'The events that are expected.',
      examples: [{ invoice_paid: { requires: ['order_id', 'amount'] } }],
    }),
  },
  {
    required: ['name', 'catalog'],
    description:
      'The tracking plan of an event table: a data test for unknown events and one for each event that requires something; both are counted per day and event in `etalon_state.events_by_day`.',
    examples: [{ name: 'event_name', catalog: { invoice_paid: { requires: ['order_id'] } } }],
  },
);
