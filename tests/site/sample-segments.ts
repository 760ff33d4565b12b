import type { ManifestActivity, ManifestSegment } from '../../compiler/index.ts';
import type { SegmentValues } from '../../docs-site/index.ts';

/** What the segments and the cohort look at. */
export function sampleActivities(model: string, say: (text: string) => string): readonly ManifestActivity[] {
  const rest = { kind: 'activity' as const, path: 'metrics/sample.yml', any: [] };
  return [
    { ...rest, name: 'active', description: say('Used the shop in any way.'), any: ['purchase'] },
    { ...rest, name: 'purchase', model, entity: 'user', time: 'event_time', where: say('amount > 0') },
  ];
}

/** A segment by rule, with a group in it, and a split. */
export function sampleSegments(read: string, say: (text: string) => string): readonly ManifestSegment[] {
  const line = (path: string, text: string) => ({ path, text: say(text) });
  const common = {
    kind: 'segment' as const,
    entity: 'user',
    key: 'user_id',
    owner: say('crm@example.com'),
    tags: [],
    schedule: 'daily',
    computed: true,
    exclude: [],
    activities: ['purchase'],
    metrics: [],
    reads: [read],
    examples: [],
    path: 'segments/shop.yml',
    line: 2,
    fingerprint: 'fedcba9876543210',
  };
  return [
    {
      ...common,
      name: 'loyal',
      title: say('Loyal customers'),
      description: say('Bought often, and not only once in a sale. The newsletter goes to them.'),
      status: 'production',
      version: 2,
      changes: { 2: say('The threshold was raised from 2 to 3.') },
      rule: { form: 'where', where: { kind: 'all', of: [] } },
      exclude: ['test_users'],
      inputs: ['rfm'],
      words: {
        en: [
          line('1', 'has done `purchase` 3 times or more in the last 90 days'),
          line('2', 'at least one of'),
          line('2.1', '`plan` is `pro`; unknown where it is missing'),
          line('2.2', 'has done `purchase` in the last 14 days'),
          line('test_users', 'is not in `test_users`'),
        ],
        ru: [
          line('1', 'совершил `purchase` 3 раза или больше за последние 90 дней'),
          line('2', 'хотя бы одно из'),
          line('2.1', '`plan` – `pro`; неизвестно, где его нет'),
          line('2.2', 'совершил `purchase` за последние 14 дней'),
          line('test_users', 'не входит в `test_users`'),
        ],
      },
    },
    {
      ...common,
      name: 'rfm',
      status: 'draft',
      version: 1,
      changes: {},
      rule: {
        form: 'split',
        split: {
          activity: 'purchase',
          within: '365 days',
          cuts: { recency: ['30', '90'] },
          freeze: 'none',
          parts: [
            { name: 'champions', when: 'r = 3' },
            { name: 'others', when: 'true' },
          ],
        },
      },
      inputs: [],
      words: {
        en: [line('', 'Everyone is in exactly one part, by `purchase` in the last 365 days.')],
        ru: [line('', 'Каждый ровно в одной части, по `purchase` за последние 365 дней.')],
      },
    },
  ];
}

export function sampleSegmentValues(): readonly SegmentValues[] {
  const asOf = '2025-07-01T06:00:00Z';
  return [
    {
      segment: 'loyal',
      asOf,
      sizes: [
        { part: 'members', entities: 280, share: 0.28 },
        { part: 'unknown', entities: 20, share: 0.02 },
        { part: 'population', entities: 1000, share: 1 },
      ],
      attrition: {
        population: 1000,
        members: 280,
        unknown: 20,
        rows: [
          { condition: '1', fails: 600, unknown: 0, removed: 600, sole: 380 },
          { condition: '2', fails: 300, unknown: 20, removed: 110, sole: 105 },
          { condition: '2.1', fails: 500, unknown: 20, removed: null, sole: 12 },
          { condition: '2.2', fails: 450, unknown: 0, removed: null, sole: 15 },
          { condition: 'test_users', fails: 50, unknown: 0, removed: 10, sole: 10 },
        ],
      },
      overlaps: [
        { set: 'loyal', with: 'rfm.champions', both: 200, onlySet: 80, onlyWith: 100 },
        { set: 'loyal', with: 'rfm.others', both: 80, onlySet: 200, onlyWith: 420 },
      ],
      history: [
        { day: '2025-06-29', size: 250, version: 1 },
        { day: '2025-06-30', size: 262, version: 2, entered: 15, left: 3 },
        { day: '2025-07-01', size: 280, version: 2, entered: 20, left: 2 },
      ],
    },
    {
      segment: 'rfm',
      asOf,
      sizes: [
        { part: 'champions', entities: 300, share: 0.3 },
        { part: 'others', entities: 500, share: 0.5 },
        { part: 'none', entities: 200, share: 0.2 },
      ],
      overlaps: [{ set: 'rfm.champions', with: 'loyal', both: 200, onlySet: 100, onlyWith: 80 }],
    },
  ];
}
