import type {
  ExampleDefinition,
  Manifest,
  ManifestColumn,
  ManifestMetric,
  ManifestModel,
  ManifestTest,
  Span,
} from '../../compiler/index.ts';
import { sampleRetention } from './sample-cohort.ts';
import { sampleActivities, sampleSegments } from './sample-segments.ts';

/** Texts that must come out as text wherever they land. */
export const hostile = [
  '<script>window.pwned = 1</script>',
  '{{constructor.constructor "return process"}} {{{raw}}}',
  '"><img src=x onerror=window.pwned=1>',
  "' onmouseover='window.pwned=1",
  '[click](javascript:window.pwned=1) ![pixel](http://tracker.example/p.gif)',
  '</title></style><svg onload=window.pwned=1>',
].join(' ');

export interface SampleOptions {
  readonly models?: number;
  readonly metrics?: number;
  readonly language?: 'en' | 'ru';
  /** Puts hostile text in every field that takes free text. */
  readonly hostile?: boolean;
}

const span: Span = {
  file: 'metrics/sample.yml',
  start: { offset: 0, line: 1, column: 1 },
  end: { offset: 1, line: 1, column: 2 },
};

/** A project of any size: sources, clean models, marts and metrics in a graph that hangs together. */
export function sampleManifest(options: SampleOptions = {}): Manifest {
  const { models: modelCount = 12, metrics: metricCount = 9, language = 'en' } = options;
  const say = (text: string): string => (options.hostile ? `${text} ${hostile}` : text);
  const models = sampleModels(modelCount, say);
  const marts = models.filter((model) => model.layer === 'marts');
  const plain = Array.from({ length: metricCount }, (_, index) =>
    sampleMetric(index, marts[index % marts.length]!, say),
  );
  const metrics = [...plain, sampleRetention(plain[0]!, say)];
  return {
    manifest: 1,
    etalon: '0.1.0',
    project: {
      name: 'sample',
      title: language === 'ru' ? 'Магазин' : 'Sample shop',
      description: say(
        language === 'ru'
          ? 'Что и как считает магазин. Все числа – за завершённые периоды.'
          : 'What the shop counts, and how. Every number is of a *whole* period.',
      ),
      calendar: { timezone: 'Europe/Berlin', weekStart: 'monday', fiscalYearStart: 1 },
      currency: 'EUR',
      entities: [{ name: 'user', key: 'user_id' }],
      exclusions: [
        {
          name: 'test_users',
          entity: 'user',
          key: 'user_id',
          in: 'clean.events_0',
          where: say('is_test'),
          usedBy: metrics.slice(0, 1).map((metric) => metric.name),
        },
      ],
      targets: [{ engine: 'duckdb', name: 'dev', path: 'target/sample.duckdb' }],
      target: 'dev',
      schemas: { raw: 'raw', clean: 'clean', marts: 'marts' },
      site: { language },
    },
    models: [...models].sort((a, b) => (a.name < b.name ? -1 : 1)),
    metrics: [...metrics].sort((a, b) => (a.name < b.name ? -1 : 1)),
    activities: sampleActivities(marts[0]!.name, say),
    cohorts: [
      {
        kind: 'cohort',
        name: 'signup',
        anchor: 'purchase',
        occurrence: 'first_ever',
        by: [],
        path: 'metrics/sample.yml',
      },
    ],
    segments: sampleSegments(marts[0]!.name, say),
    tests: models.flatMap((model) => sampleTests(model, say)),
    warnings: [],
  };
}

const layers = ['raw', 'clean', 'marts'] as const;

function sampleModels(count: number, say: (text: string) => string): readonly ManifestModel[] {
  return Array.from({ length: Math.max(3, count) }, (_, index) => {
    const layer = layers[index % 3]!;
    const number = Math.floor(index / 3);
    const upstream = {
      raw: [],
      clean: [`raw.events_${number}`],
      marts: [`clean.events_${number}`, ...(number > 0 ? [`clean.events_${number - 1}`] : [])],
    }[layer];
    return sampleModel(layer, number, upstream, say);
  });
}

function sampleModel(
  layer: (typeof layers)[number],
  number: number,
  reads: readonly string[],
  say: (text: string) => string,
): ManifestModel {
  const name = `${layer}.events_${number}`;
  const columns = ['event_id', 'user_id', 'event_time', 'country', 'amount'].map((column) =>
    sampleColumn(name, column, reads, say),
  );
  const sql = `select event_id, user_id, event_time, country, amount::numeric(12, 2) as amount -- as it came\nfrom ${reads[0] ?? 'nothing'}\nwhere country <> 'unknown' and amount > 0`;
  return {
    kind: 'model',
    name,
    layer,
    form: layer === 'raw' ? 'source' : 'sql',
    description: say(
      `Events number ${number} as the ${layer} layer keeps them. Один ряд – одно событие; see \`event_id\`.`,
    ),
    owner: say('data@example.com'),
    tags: [say('events')],
    path: `models/${layer}/events_${number}.yml`,
    ...(layer === 'raw' ? {} : { sqlPath: `models/${layer}/events_${number}.sql`, sql, authoredSql: sql }),
    key: ['event_id'],
    time: 'event_time',
    columns,
    relations:
      layer === 'marts' ? [{ name: 'source_event', to: reads[0]!, on: ['event_id'], targetKey: ['event_id'] }] : [],
    reads,
    after: [],
    materialized: layer === 'raw' ? 'source' : 'table',
    strategy: 'rebuilt whole when its definition or an input changed',
    indexes: [],
    snapshots: 0,
    ...(layer === 'raw' ? { source: sampleSource(number) } : {}),
    fingerprint: '0123456789abcdef',
    tests: [`${name}.event_id.unique`, `${name}.amount.range`],
  };
}

function sampleSource(number: number): NonNullable<ManifestModel['source']> {
  return {
    from: 'files',
    pattern: `data/events_${number}/*.jsonl`,
    format: 'jsonl',
    onChange: 'error',
    freshness: { warnAfter: '2 days', errorAfter: '4 days' },
    events: {
      name: 'event_name',
      catalog: [
        {
          event: 'invoice_paid',
          requires: ['order_id', 'amount'],
          since: 2,
          renamedFrom: 'payment_done',
          owner: 'billing',
        },
        { event: 'app_open', requires: [] },
      ],
    },
  };
}

function sampleColumn(
  model: string,
  name: string,
  reads: readonly string[],
  say: (text: string) => string,
): ManifestColumn {
  const types: Readonly<Record<string, string>> = { event_time: 'timestamp', amount: 'decimal(12,2)' };
  return {
    name,
    type: types[name] ?? 'text',
    ...(name === 'country' ? {} : { description: say(`The ${name.replaceAll('_', ' ')}, as the tracker gave it.`) }),
    ...(name === 'user_id' ? { pii: 'id', personal: { tags: ['id'], path: 'models/raw/x.yml', line: 1 } } : {}),
    required: name === 'event_id',
    sources: reads.map((read) => ({ model: read, column: name, how: 'same' as const })),
    tests: name === 'event_id' ? [`${model}.event_id.unique`] : name === 'amount' ? [`${model}.amount.range`] : [],
  };
}

function sampleTests(model: ManifestModel, say: (text: string) => string): readonly ManifestTest[] {
  const common = {
    kind: 'test' as const,
    model: model.name,
    max: { rows: 0 },
    reads: [model.name],
    path: model.path,
    line: 12,
  };
  return [
    {
      ...common,
      name: `${model.name}.event_id.unique`,
      severity: 'error',
      column: 'event_id',
      rule: 'unique',
      words: { en: say('`event_id` is never repeated'), ru: say('`event_id` не повторяется') },
      check: { mode: 'row', fails: 'false' },
    },
    {
      ...common,
      name: `${model.name}.amount.range`,
      severity: 'warn',
      column: 'amount',
      rule: 'range',
      words: { en: say('`amount` is at least 0'), ru: say('`amount` не меньше 0') },
      why: say('A refund is a row of its own.'),
      check: { mode: 'row', fails: 'amount < 0' },
    },
  ];
}

const metricNames = ['revenue', 'orders', 'buyers', 'aov', 'refund_rate', 'выручка', 'sessions', 'tickets', 'csat'];

function sampleMetric(index: number, model: ManifestModel, say: (text: string) => string): ManifestMetric {
  const kind = metricNames[index % metricNames.length]!;
  const name = kind === 'выручка' ? `net_revenue_${index}` : index < metricNames.length ? kind : `${kind}_${index}`;
  const isRate = kind === 'refund_rate' || kind === 'csat';
  const isMoney = ['revenue', 'aov', 'выручка'].includes(kind);
  const derived =
    index === 3 ? { form: 'derived' as const, is: 'revenue / orders', inputs: ['orders', 'revenue'] } : undefined;
  return {
    kind: 'metric',
    name,
    ...(kind === 'выручка' ? { title: say('Чистая выручка') } : {}),
    description: say(
      kind === 'выручка'
        ? 'Деньги за вычетом возвратов. Возврат вычитается в день заказа.'
        : `Money and orders of the kind ${kind}, counted once each. Refunds are **not** taken off; see also [the ledger](https://example.com/ledger).`,
    ),
    unit: isRate ? '%' : isMoney ? 'EUR' : 'orders',
    ...(index % 4 === 3 ? {} : { owner: say('finance@example.com') }),
    tags: index < 4 ? ['headline'] : [],
    status: index === 6 ? 'draft' : index === 7 ? 'deprecated' : 'production',
    ...(index === 7 ? { replacedBy: 'revenue', until: '2026-01-01' } : {}),
    version: index === 0 ? 3 : 1,
    changes: index === 0 ? { 3: say('Refunds are taken on the order’s date.'), 2: 'Cancelled orders left out.' } : {},
    path: 'metrics/sample.yml',
    line: index + 3,
    form: 'simple',
    computed: true,
    is: 'sum(amount)',
    inputs: [],
    ...derived,
    model: model.name,
    time: 'event_time',
    where: "country <> 'unknown' and amount > 0",
    exclude: index === 0 ? ['test_users'] : [],
    timezone: 'Europe/Berlin',
    dimensions: [
      {
        name: 'country',
        label: 'country',
        model: model.name,
        column: 'country',
        type: 'text',
        description: say('Where the user was.'),
        relations: [],
      },
    ],
    reads: [model.name],
    type: 'decimal',
    additivity: isRate || derived ? 'ratio' : 'sum',
    words: {
      en: [
        say('Sum of amount.'),
        `Counted over ${model.name}, by event_time.`,
        'Only rows count where country is present and amount is more than 0.',
      ],
      ru: [
        say('Сумма amount.'),
        `По строкам ${model.name}, по времени event_time.`,
        'Считаются только строки, где country указано и amount больше 0.',
      ],
    },
    knobs: [
      { name: 'timezone', value: 'Europe/Berlin', from: 'project' },
      { name: 'fill', value: 'none', from: 'language' },
    ],
    grains: ['day', 'week', 'month'],
    examples: index < 2 ? [sampleExample(name, model.name, say)] : [],
    fingerprint: 'fedcba9876543210',
  };
}

function sampleExample(metric: string, model: string, say: (text: string) => string): ExampleDefinition {
  const row = (id: string, amount: string) => ({
    cells: { event_id: id, event_time: '2025-01-03T10:00Z', country: say('DE'), amount: { number: amount } },
    span,
  });
  return {
    title: say('A refund is taken off the day of its order'),
    given: [{ model, rows: [row('a', '10'), row('b', '2.5')], span }],
    by: ['day'],
    ordered: false,
    expect: { form: 'rows', rows: [{ cells: { day: '2025-01-03', [metric]: { number: '12.5' } }, span }] },
    disagree: [{ system: 'the ledger', value: '12.0', why: say('It rounds.') }],
    span,
  };
}
