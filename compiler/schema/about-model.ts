import type { JsonSchema } from './json-schema.ts';
import { described, ref, text } from './json-schema.ts';

/** What every kind of model may say. */
export const aboutModel: Readonly<Record<string, JsonSchema>> = {
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
