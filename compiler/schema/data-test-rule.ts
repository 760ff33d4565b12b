import type { JsonSchema } from './json-schema.ts';
import { choice, described, record, ref, text } from './json-schema.ts';

/** What every test may say besides its rule. */
const common: Readonly<Record<string, JsonSchema>> = {
  description: text('What the test holds true, in a sentence.', ['Every order has an amount.']),
  severity: choice('`error` stops the publish, `warn` only reports.', ['error', 'warn'], { default: 'error' }),
  max: described('How many failing rows are borne.', ['10 rows', '0.5%'], { ...ref('allowance') }),
  where: described('The rows that are tested; all if absent.', ["status = 'paid'"], ref('sql')),
  owner: text('Who answers for it.', ['finance@example.com']),
  why: text('Why it is there.', ['The ledger was off by a day in March.']),
};

/** A rule of a data test under its key. */
export function dataTestRule(rule: string, title: string, schema: JsonSchema): JsonSchema {
  return record(
    title,
    { [rule]: schema, ...common },
    {
      required: [rule],
      description: schema.description ?? title,
      examples: schema.examples?.map((e) => ({ [rule]: e })) ?? [],
    },
  );
}

export const sqlFileSchema = text(
  'A file with one SELECT: the rows that it returns are failures. Looked for beside this file, then in `tests/data`.',
  ['orders_without_user.sql'],
  {
    title: 'the name of an `.sql` file',
    pattern: '^[^/].*\\.sql$',
  },
);
