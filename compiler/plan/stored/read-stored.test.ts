import { beforeAll, describe, expect, test } from 'vitest';
import { compileFiles } from '../../compile.ts';
import { loadParser } from '../../expression/parser.ts';
import type { Manifest } from '../../manifest-types.ts';
import { planQuery } from '../../query.ts';
import type { QueryRequest } from '../query-types.ts';

beforeAll(loadParser);

function compileTexts(texts: Readonly<Record<string, string>>): Manifest {
  const sources = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const compiled = compileFiles(sources);
  expect(compiled.diagnostics).toEqual([]);
  return compiled.manifest!;
}

const distinctTexts = {
  'project.yml':
    'project: kept\nlanguage: 1\ncalendar: {timezone: Europe/Berlin}\nentities: {user: {key: user_id}}\ntargets: {dev: {engine: duckdb, path: x.duckdb}}\n',
  'models/raw/visits.yml':
    'description: Visits.\nsource: {files: data/*.csv}\ncolumns: {visit: text, user_id: text, page: text, at: timestamp, country: text}\n',
  'models/clean/visits.yml':
    'description: Visits.\nfrom: raw.visits\nkey: visit\ntime: at\nincremental: {by: day}\ncolumns: {visit: , user_id: , page: , at: , country: }\n',
  'metrics/visits.yml': `from: clean.visits
by: [country]
grains: [week]
metrics:
  visitors: count(distinct user_id)
  visits_each: count(*) / count(distinct user_id)
  pages_each: count(distinct page) / count(distinct user_id)
  visitors_by_day: {is: count(distinct user_id), grains: [day]}
`,
};

describe('a distinct count that is kept', () => {
  let manifest: Manifest;
  beforeAll(() => {
    manifest = compileTexts(distinctTexts);
  });

  test('is not what periods are compared by: how much of the earlier one counts hangs on the instant asked for', () => {
    const kept = manifest.models.filter(({ generated }) => generated?.metric).map(({ name }) => name);
    const asked: QueryRequest = {
      metrics: ['visitors'],
      by: [],
      grain: 'week',
      order: [],
      asOf: '2025-06-01T00:00:00Z',
    };
    expect(planQuery(manifest, asked, new Set(kept)).plan?.stored).toHaveLength(1);
    const compared = planQuery(manifest, { ...asked, compare: 'previous' }, new Set(kept));
    expect(compared.plan?.columns.map(({ name }) => name)).toContain('visitors_before');
    expect(compared.plan?.stored).toBeUndefined();
  });

  const byAll: Partial<QueryRequest> = { grain: 'week', by: ['country'] };
  test.each([
    ['visitors', byAll, false],
    ['visitors', { by: ['week', 'country'], where: "country = 'DE'" }, false],
    ['visits_each', byAll, false],
    // Who was there from two countries or in two weeks stands twice in what is asked for.
    ['visitors', { grain: 'week' }, true],
    ['visitors', { by: ['country'] }, true],
    ['visitors_by_day', byAll, true],
    // A user stands once with each page.
    ['pages_each', byAll, true],
  ] as const)('%s, asked %j', (metric, asked, isDistinct) => {
    const kept = manifest.models.filter(({ generated }) => generated?.metric).map(({ name }) => name);
    const request: QueryRequest = { metrics: [metric], by: [], order: [], asOf: '2025-06-01T00:00:00Z', ...asked };
    const { plan } = planQuery(manifest, request, new Set(kept));
    expect(plan?.stored).toHaveLength(1);
    expect(/distinct/i.test(JSON.stringify(plan))).toBe(isDistinct);
  });
});

const cohortTexts = {
  'project.yml':
    'project: kept\nlanguage: 1\ncalendar: {timezone: Europe/Berlin}\nentities: {user: {key: user_id}}\ntargets: {dev: {engine: duckdb, path: x.duckdb}}\n',
  'models/raw/visits.yml':
    'description: Visits.\nsource: {files: data/*.csv}\ncolumns: {visit: text, user_id: text, at: timestamp, country: text}\n',
  'models/clean/visits.yml':
    'description: Visits.\nfrom: raw.visits\nkey: visit\ntime: at\nincremental: {by: day}\ncolumns: {visit: , user_id: , at: , country: }\n',
  'metrics/visits.yml': `activities: {visit: {from: clean.visits, entity: user, time: at}}
cohorts: {first: {anchor: visit, by: [country]}}
metrics:
  on: {retention: {cohort: first, return: visit, every: week, periods: 5}, grains: [week]}
  lost: {churn: {cohort: first, return: visit, every: month, periods: 5}, grains: [month]}
  after: {retention: {cohort: first, return: visit, every: week, periods: 5, criteria: on_or_after}, grains: [week]}
  pairs: {retention: {cohort: first, return: visit, every: 2 weeks, periods: 5}, grains: [week]}
  brackets: {retention: {cohort: first, return: visit, every: week, brackets: [1, 2, 4]}, grains: [week]}
`,
};

const layers = (metric: string, grain = 'week') => [`marts.${metric}__active_by_${grain}`, `marts.${metric}__members`];

describe('a question about a cohort', () => {
  let manifest: Manifest;
  beforeAll(() => {
    manifest = compileTexts(cohortTexts);
  });

  test.each([
    ['on', {}, ['marts.on__triangle']],
    ['lost', {}, ['marts.lost__triangle']],
    ['on', { by: ['k'] }, ['marts.on__triangle']],
    ['on', { by: ['cohort', 'k', 'country'], where: "country = 'DE'" }, ['marts.on__triangle']],
    ['on', { from: '2025-01-06', to: '2025-02-03' }, ['marts.on__triangle']],
    // A cohort is cut in two: who of it lies in the range is not in the counts.
    ['on', { from: '2025-01-07' }, layers('on')],
    ['lost', { to: '2025-01-02' }, layers('lost', 'month')],
    ['after', {}, layers('after')],
    ['pairs', {}, layers('pairs')],
    ['brackets', {}, layers('brackets')],
  ] as const)('to %s, asked %j, reads the smallest table that answers', (metric, asked, expected) => {
    const kept = manifest.models.filter(({ generated }) => generated?.metric).map(({ name }) => name);
    const request: QueryRequest = { metrics: [metric], by: [], order: [], asOf: '2025-06-01T00:00:00Z', ...asked };
    expect(planQuery(manifest, request, new Set(kept)).plan?.stored).toEqual(expected);
    const stale = new Set(kept.filter((name) => !name.endsWith('__triangle')));
    expect(planQuery(manifest, request, stale).plan?.stored).toEqual(
      layers(metric, metric === 'lost' ? 'month' : 'week'),
    );
    expect(planQuery(manifest, request, new Set()).plan?.stored).toBeUndefined();
  });
});
