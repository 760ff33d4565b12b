import type { JsonSchema } from './json-schema.ts';
import { choice, count, described, list, record, ref, text } from './json-schema.ts';

export const identity: JsonSchema = record(
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
