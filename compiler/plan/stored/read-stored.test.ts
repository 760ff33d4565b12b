import { beforeAll, describe, expect, test } from 'vitest';
import { compileFiles } from '../../compile.ts';
import { loadParser } from '../../expression/parser.ts';
import type { Manifest } from '../../manifest-types.ts';
import { planQuery } from '../../query.ts';
import type { QueryRequest } from '../query-types.ts';

const texts = {
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
  beforeAll(async () => {
    await loadParser();
    const sources = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
    const compiled = compileFiles(sources);
    expect(compiled.diagnostics).toEqual([]);
    manifest = compiled.manifest!;
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
