import type { SiteBuilds } from '../../docs-site/index.ts';

/** Three builds: the first found all that there was, the second another meaning of revenue, the third a value that late rows changed. */
export function sampleBuilds(fingerprint: string, say: (text: string) => string): SiteBuilds {
  const value = (build: number, of: string, version: number, period: string, text: string) => ({
    build,
    metric: 'revenue',
    fingerprint: of,
    version,
    grain: 'month',
    period,
    value: text,
  });
  return {
    builds: [
      { number: 1, at: '2025-04-02T06:00:00Z' },
      { number: 2, at: '2025-06-18T06:00:00Z' },
      { number: 3, at: '2025-07-01T06:00:00Z' },
    ],
    changes: [
      { build: 1, kind: 'metric', name: 'revenue', change: 'added', fingerprint: 'old', version: 2 },
      { build: 1, kind: 'metric', name: 'gone', change: 'added', fingerprint: 'gone', version: 1, title: say('Gone') },
      { build: 1, kind: 'segment', name: 'loyal', change: 'added', fingerprint: 'l1', version: 1 },
      {
        build: 2,
        kind: 'metric',
        name: 'revenue',
        change: 'changed',
        fingerprint,
        version: 3,
        reason: say('Refunds are taken on the order’s date.'),
      },
      { build: 2, kind: 'metric', name: 'gone', change: 'removed', title: say('Gone') },
      { build: 2, kind: 'model', name: 'marts.events_0', change: 'added', fingerprint: 'm1' },
      { build: 3, kind: 'segment', name: 'loyal', change: 'changed', fingerprint: 'l2', version: 2 },
      { build: 3, kind: 'model', name: 'marts.events_0', change: 'changed', fingerprint: 'm2' },
    ],
    values: [
      value(1, 'old', 2, '2025-01-01', '60000.00'),
      value(1, 'old', 2, '2025-02-01', '61000.00'),
      value(2, fingerprint, 3, '2025-01-01', '54000.00'),
    ],
    restated: [{ ...value(3, fingerprint, 3, '2025-05-01', '54100.00'), previous: '54000.00' }],
  };
}
