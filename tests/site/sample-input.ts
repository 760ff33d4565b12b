import type { Confusions, Manifest } from '../../compiler/index.ts';
import type { DictionaryInput, MetricPoint, MetricValues, SiteHistory } from '../../docs-site/index.ts';
import { sampleBuilds } from './sample-builds.ts';
import { sampleRetentionValues } from './sample-cohort.ts';
import { hostile, type SampleOptions, sampleManifest } from './sample-manifest.ts';
import { sampleSegmentValues } from './sample-segments.ts';

/** A dictionary's input with everything in it: values with a gap and an open day, a failed test, a late source. */
export function sampleInput(options: SampleOptions = {}): DictionaryInput {
  const manifest = sampleManifest(options);
  const metrics = new Map(manifest.metrics.map((metric) => [metric.name, metric]));
  return {
    manifest,
    history: sampleHistory(manifest),
    sql: (kind, name, dialect) =>
      name.startsWith('raw.')
        ? undefined
        : `-- ${dialect}\nselect date_trunc('day', event_time) as day, sum(amount) as "${name}"\nfrom marts.events_0 where country <> 'unknown' and ${kind === 'metric'} group by 1 order by 1`,
    confusions: sampleConfusions,
    values: manifest.metrics.map((metric, index) =>
      metric.rule
        ? sampleRetentionValues()
        : sampleValues(metric.name, index, metric.unit === '%', options.hostile ? hostile : 'Germany'),
    ),
    columnsOf: (kind, name) => {
      if (kind === 'segment') return [{ model: 'marts.events_0', column: 'country', how: 'filtered' }];
      const { model, inputs = [] } = metrics.get(name) ?? {};
      if (model === undefined || inputs.length > 0) return [];
      return [
        { model, column: 'amount', how: 'aggregated' },
        { model, column: 'event_time', how: 'time' },
        { model, column: 'country', how: 'dimension' },
      ];
    },
    segments: sampleSegmentValues(),
    builds: sampleBuilds(manifest.metrics.find(({ name }) => name === 'revenue')!.fingerprint, (text) =>
      options.hostile ? `${text} ${hostile}` : text,
    ),
    authored: { 'segment:loyal': 'loyal:\n  entity: user\n  where: {did: purchase, times: ">= 3"}' },
    exampleResults: manifest.metrics.flatMap((metric, index) =>
      metric.examples.map((example) => ({
        metric: metric.name,
        title: example.title,
        status: index % 2 === 0 ? ('passed' as const) : ('failed' as const),
        actual: [{ day: '2025-01-03', [metric.name]: '7.5' }],
        run: '20250701-1',
      })),
    ),
    metricRows: [
      {
        metric: 'revenue',
        all: 3000,
        filtered: 700,
        exclusions: [{ name: 'test_users', rows: 1204, removed: 1204 }],
        untimed: 6,
        counted: 1090,
      },
    ],
    builtAt: '2025-07-01T09:00:00Z',
    language: options.language ?? 'en',
    etalonVersion: '0.1.0',
  };
}

function sampleConfusions(): Confusions {
  const takesOff = { en: 'Takes off sum of refunded.', ru: 'Вычитается сумма refunded.' };
  const leaves = { en: 'Does not take off sum of refunded.', ru: 'Не вычитается сумма refunded.' };
  const asks = { en: 'Asks for “did `purchase`”.', ru: 'Нужно «было `purchase`».' };
  return {
    metrics: {
      revenue: [{ name: 'net_revenue_5', words: takesOff }],
      net_revenue_5: [{ name: 'revenue', words: leaves }],
    },
    segments: { loyal: [{ name: 'rfm', words: asks }], rfm: [{ name: 'loyal', words: asks }] },
  };
}

function sampleHistory(manifest: Manifest): SiteHistory {
  const at = '2025-07-01T06:00:12Z';
  const run = '20250701-1';
  return {
    runs: [
      {
        id: '20250630-1',
        command: 'build',
        startedAt: '2025-06-30T06:00:00Z',
        endedAt: '2025-06-30T06:00:41Z',
        status: 'done',
        built: 12,
        failed: 0,
        skipped: 0,
        testsFailed: 0,
      },
      {
        id: run,
        command: 'build',
        startedAt: '2025-07-01T06:00:00Z',
        endedAt: '2025-07-01T06:00:31.5Z',
        status: 'part',
        built: 10,
        failed: 1,
        skipped: 1,
        testsFailed: 1,
      },
    ],
    models: Object.fromEntries(
      manifest.models.map((model, index) => [
        model.name,
        {
          model: model.name,
          status: index === 5 ? ('stale' as const) : ('ok' as const),
          ...(index === 5 ? { reason: 'its input clean.events_1 was rebuilt' } : {}),
          relation: model.name,
          rows: 1000 * (index + 1),
          rejected: index % 3,
          builtAt: at,
          run,
          freshThrough: index === 0 ? '2025-06-12T00:00:00Z' : '2025-06-30T22:00:00Z',
          completeThrough: '2025-07-01T00:00:00Z',
          ...(model.layer === 'clean'
            ? {
                account: [
                  { part: 'in' as const, rows: 1000 },
                  { part: 'out' as const, rows: 940 },
                  { part: 'duplicate' as const, rows: 40 },
                  { part: 'rejected' as const, rule: '`amount` is no number', rows: 20 },
                ],
              }
            : {}),
          ...(model.layer === 'raw'
            ? { arrivals: { rows: 120, late: 3, future: 1, rejected: 2, reasons: [{ reason: 'not JSON', rows: 2 }] } }
            : {}),
        },
      ]),
    ),
    steps: manifest.models.slice(0, 12).map((model, index) => ({
      run,
      model: model.name,
      status: (['built', 'fresh', 'failed', 'skipped'] as const)[index % 4]!,
      reason: 'its input `clean.events_1` was rebuilt',
      seconds: 1.25,
      ...(index % 4 === 0 ? { rows: 1000, rejected: 2, late: 3 } : {}),
    })),
    events: [
      { model: 'raw.events_0', event: 'invoice_paid', events: 900, bad: 9, unknown: 0 },
      { model: 'raw.events_0', event: null, events: 100, bad: 0, unknown: 100 },
    ],
    drift: [{ model: 'raw.events_0', column: 'city', kind: 'added', type: 'text', since: at }],
    tests: Object.fromEntries(
      manifest.tests.map((test, index) => [
        test.name,
        {
          test: test.name,
          severity: test.severity,
          max: test.max,
          status: index === 9 ? ('warned' as const) : index === 18 ? ('failed' as const) : ('passed' as const),
          tested: 1000,
          failing: index === 9 || index === 18 ? 3 : 0,
          run,
          at,
        },
      ]),
    ),
  };
}

function sampleValues(metric: string, index: number, isRate: boolean, member: string): MetricValues {
  const value = (at: number): string => {
    const wave = 1 + 0.25 * Math.sin((at / 7) * Math.PI * 2) + 0.004 * at + 0.1 * Math.sin(at * 12.9898 + index);
    return isRate ? (0.04 * wave).toFixed(4) : ((index + 1) * 1800 * wave).toFixed(2);
  };
  const start = Date.UTC(2025, 0, 1);
  const days: MetricPoint[] = Array.from({ length: 182 }, (_, at) => ({
    period: new Date(start + at * 864e5).toISOString().slice(0, 10),
    value: value(at),
    state: at === 181 ? ('partial' as const) : ('final' as const),
  })).filter((_, at) => at !== 150 && at !== 152);
  const months: MetricPoint[] = ['01', '02', '03', '04', '05', '06', '07'].map((month, at) => ({
    period: `2025-${month}-01`,
    value: isRate ? value(at) : (Number(value(at)) * 30).toFixed(2),
    state: month === '07' ? 'partial' : 'final',
  }));
  return {
    metric,
    asOf: '2025-07-01T06:00:00Z',
    series: [
      { grain: 'day', points: days },
      { grain: 'month', points: months },
    ],
    breakdowns: [
      {
        dimension: 'country',
        grain: 'month',
        period: '2025-06-01',
        rows: [
          { member, value: '41200.50' },
          { member: 'France', value: '20100.00' },
          { member: null, value: '900.25' },
        ],
        more: 7,
      },
    ],
  };
}
