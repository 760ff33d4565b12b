import type { SampleModel } from './sample-manifest.ts';

/* Visits with the time that they were of and the time that they came: what stories of late rows and of periods speak of. */

export const visits: SampleModel = {
  name: 'raw.visits',
  columns: 'id integer, who text, at timestamp, seen timestamp',
  source: { from: 'files', pattern: 'data/*.csv', format: 'csv', onChange: 'error', loadedAt: 'seen' },
};

export const days: SampleModel = {
  name: 'marts.days',
  columns: 'day date, visits integer',
  key: ['day'],
  time: 'day',
  incremental: { by: 'day', late: '10 days' },
  sql: "select cast(at at time zone 'UTC' as date) as day, count(*) as visits from raw.visits group by 1",
};

/** One row a visitor: goes by its key, and has a time. */
export const firsts: SampleModel = {
  name: 'marts.firsts',
  columns: 'who text, first_at timestamp',
  key: ['who'],
  time: 'first_at',
  incremental: { by: 'key', late: '10 days' },
  sql: 'select who, min(at) as first_at from raw.visits group by who',
};

/** A file of visits. */
export const csv = (...rows: readonly string[]) => `id,who,at,seen\n${rows.join('\n')}\n`;
