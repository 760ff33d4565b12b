import type { JsonSchema } from './json-schema.ts';
import { dictionary, list, record, text } from './json-schema.ts';
import { months } from './months.ts';

const unit = '(microsecond|millisecond|second|minute|hour|day|week|month|quarter|year)s?';
/** `0%` to `100%`. */
const percentage = '(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%';

/** Shapes that several kinds of file use. */
export const sharedSchemas: Readonly<Record<string, JsonSchema>> = {
  sql: {
    title: 'an SQL expression',
    type: ['string', 'number', 'boolean'],
    description: 'A PostgreSQL expression. Quote it where YAML would read it otherwise (`: `, ` #`, a leading quote).',
    examples: ["status = 'paid'"],
  },
  name: {
    title: 'a name',
    type: 'string',
    minLength: 1,
    description: 'A name of the project: lower-case letters, digits and `_`, beginning with a letter.',
    examples: ['revenue'],
  },
  names: {
    title: 'a list of names',
    type: 'array',
    items: { title: 'a name', type: 'string', minLength: 1 },
    uniqueItems: true,
    description: 'Names, each once.',
    examples: [['country', 'plan']],
  },
  columns: {
    title: 'a column or a list of columns',
    anyOf: [
      { title: 'a column', type: 'string', minLength: 1 },
      {
        title: 'a list of columns',
        type: 'array',
        items: { title: 'a column', type: 'string' },
        minItems: 1,
        uniqueItems: true,
      },
    ],
    description: 'One column, or several in order.',
    examples: ['event_id', ['user_id', 'day']],
  },
  model: {
    title: 'a model, `layer.name`',
    type: 'string',
    pattern: '^(raw|clean|marts)\\.[^.]+$',
    description: 'A model by layer and name.',
    examples: ['marts.orders'],
  },
  duration: {
    title: 'a length of time, such as `28 days`',
    type: 'string',
    pattern: `^[1-9][0-9]* ${unit}$`,
    description: 'A whole number and a unit.',
    examples: ['28 days', '1 hour'],
  },
  share: {
    title: 'a share from 0 to 100%, such as `2%` or `0.02`',
    anyOf: [
      { title: 'a percentage from `0%` to `100%`', type: 'string', pattern: `^${percentage}$`, examples: ['2%'] },
      { title: 'a fraction from 0 to 1', type: 'number', minimum: 0, maximum: 1 },
    ],
    description: 'A percentage or a fraction.',
    examples: ['2%', 0.02],
  },
  allowance: {
    title: 'how many rows may fail, such as `10 rows` or `0.5%`',
    type: 'string',
    pattern: `^([0-9]+ rows?|${percentage})$`,
    description: 'A number of rows, or a percentage of the tested rows, 100% at most.',
    examples: ['10 rows', '0.5%'],
  },
  tags: list('a list of tags', text('A tag for selecting.', ['finance']), {
    uniqueItems: true,
    description: 'Words to select by: `--select tag:finance`.',
    examples: [['finance', 'weekly']],
  }),
  changes: dictionary(
    'versions with what changed',
    text('What changed, for readers of the dictionary.', ['Cancelled orders left out.']),
    {
      description: 'What each version changed in meaning: version → sentence.',
      examples: [{ 2: 'Cancelled orders left out.' }],
    },
  ),
  calendar: record(
    'a calendar',
    {
      timezone: text('The IANA zone in which days begin.', ['Europe/Berlin'], { default: 'UTC' }),
      week_start: {
        type: 'string',
        enum: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
        default: 'monday',
        description: 'The day on which weeks begin.',
        examples: ['monday'],
      },
      fiscal_year_start: {
        type: 'string',
        enum: months,
        default: 'january',
        description: 'The month with which years and quarters begin.',
        examples: ['january'],
      },
    },
    { description: 'How time is cut into periods.', examples: [{ timezone: 'Europe/Berlin', week_start: 'monday' }] },
  ),
};
