import type { ManifestMetric } from '../../compiler/index.ts';
import type { MetricTable, MetricValues } from '../../docs-site/index.ts';

const name = 'weekly_retention';
const weeks = 14;
const last = 8;

/** A metric of a cohort form, beside those that are plain. */
export function sampleRetention(of: ManifestMetric, say: (text: string) => string): ManifestMetric {
  const { where: _, model: __, ...rest } = of;
  return {
    ...rest,
    name,
    title: say('Retention by week'),
    description: say('Of those who came in a week, how many come again in the weeks after it.'),
    unit: 'percent',
    owner: 'product',
    tags: [],
    version: 1,
    changes: {},
    form: 'retention',
    is: 'retention: {cohort: signup, return: active, every: week, periods: 8}',
    exclude: [],
    dimensions: [],
    additivity: 'none',
    words: {
      en: [say('Counted is who has `active` in interval k.'), 'What cannot be known yet is empty and not 0.'],
      ru: [say('Считаются те, у кого есть `active` в интервале k.'), 'Чего знать ещё нельзя, там пусто, а не 0.'],
    },
    rule: {
      rule: 'retention',
      cohort: 'signup',
      activity: 'active',
      every: { count: 1, unit: 'week' },
      cells: Array.from({ length: last + 1 }, (_each, k) => ({ first: k, last: k, name: String(k) })),
      isBracketed: false,
      criteria: 'on',
      interval: 'calendar',
      periodZero: 'anchor',
      returnAfterAnchor: 'strict',
      minOccurrences: 1,
      mean: 'pooled',
      horizon: 'as_of',
      includePartial: false,
    },
    examples: [],
  };
}

type Column = MetricTable['columns'][number];
const column = (title: string, role: Column['role'], unit?: string): Column => ({
  name: title,
  type: role === 'metric' ? 'integer' : 'text',
  role,
  ...(unit === undefined ? {} : { unit }),
});
const counts = [column('size', 'metric'), column('returned', 'metric'), column('rate', 'metric', 'percent')];

/** Cohorts of 40 and more, one of four people and one of nobody; the last weeks are not over. */
export function sampleRetentionValues(): MetricValues {
  const sizes = Array.from({ length: weeks }, (_, week) => (week === 3 ? 4 : week === 5 ? 0 : 40 + week * 13));
  const returned = (week: number, k: number): number => (k === 0 ? sizes[week]! : Math.round((sizes[week]! * 0.5) / k));
  const stateOf = (week: number, k: number): string =>
    week + k >= weeks ? 'unobservable' : sizes[week] === 0 ? 'empty' : week + k === weeks - 1 ? 'partial' : 'final';
  const cellOf = (size: number, count: number | null): (string | null)[] => [
    String(size),
    count === null ? null : String(count),
    count === null || size === 0 ? null : String(count / size),
  ];
  const cells = sizes.flatMap((size, week) =>
    Array.from({ length: last + 1 }, (_, k) => {
      const state = stateOf(week, k);
      const isKnown = state === 'final' || state === 'partial';
      const day = new Date(Date.UTC(2025, 3, 7 + 7 * week)).toISOString().slice(0, 10);
      return [day, String(k), ...cellOf(size, isKnown ? returned(week, k) : null), state];
    }),
  );
  const overall = Array.from({ length: last + 1 }, (_, k) => {
    const closed = sizes.map((_size, week) => week).filter((week) => stateOf(week, k) === 'final');
    const sum = (of: (week: number) => number): number => closed.reduce((total, week) => total + of(week), 0);
    return [
      String(k),
      ...cellOf(
        sum((week) => sizes[week]!),
        sum((week) => returned(week, k)),
      ),
    ];
  });
  return {
    metric: name,
    asOf: '2025-07-10T06:00:00Z',
    series: [],
    table: { of: 'overall', columns: [column('k', 'dimension'), ...counts], rows: overall },
    cells: {
      of: 'cells',
      columns: [column('cohort', 'grain'), column('k', 'dimension'), ...counts, column('state', 'state')],
      rows: cells,
    },
  };
}
