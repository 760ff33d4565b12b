import { aboutModel } from './about-model.ts';
import { rawColumn } from './column-schemas.ts';
import type { JsonSchema } from './json-schema.ts';
import { choice, described, dictionary, record, ref, text } from './json-schema.ts';
import { trackingPlanSchema } from './tracking-plan-schema.ts';

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
        delimiter: choice(
          'What stands between the cells of a CSV file; a tab if its name ends in `.tsv`, else a comma.',
          [',', ';', '\t', '|'],
          {
            examples: [';'],
          },
        ),
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
        warn_after: described('Age at which a run warns of it.', ['2 hours'], ref('duration')),
        error_after: described(
          'Age at which it counts as failing: the run ends in part (exit code 5). Models below are built all the same.',
          ['24 hours'],
          ref('duration'),
        ),
      },
      {
        minProperties: 1,
        description:
          'How old the last arrival may be, by the clock of the run: by `loaded_at`, or of files without it by when the last one was loaded.',
        examples: [{ warn_after: '2 hours', error_after: '24 hours' }],
      },
    ),
    columns: dictionary('columns by name', rawColumn, {
      minProperties: 1,
      description: 'The columns as they arrive. A row that cannot be read so is kept aside with the reason.',
      examples: [{ event_id: { type: 'text', required: true }, event_time: 'timestamp' }],
    }),
    events: trackingPlanSchema,
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
