import { expect, test } from 'vitest';
import type { Manifest } from '../../compiler/index.ts';
import type { Problem } from '../../runtime/state/history-types.ts';
import { slackText } from './slack-text.ts';

const manifest = {
  models: [{ name: 'marts.orders', owner: 'finance' }, { name: 'raw.events' }],
  segments: [{ name: 'vip', owner: 'crm' }],
  tests: [{ name: 'marts.orders.amount.range', owner: 'ann@example.com' }, { name: 'marts.orders.rows' }],
} as unknown as Manifest;

const problem = (more: Partial<Problem>): Problem => ({
  kind: 'test',
  subject: 'marts.orders.amount.range',
  model: 'marts.orders',
  severity: 'error',
  reason: '`amount` is at least 0: 3 of 10 rows fail',
  skipped: [],
  run: 'r0',
  since: '2025-03-01T04:00:07Z',
  ...more,
});

test('problems are told by the model that they are about, with what waits and who answers; then what is over', () => {
  const many = Array.from({ length: 10 }, (_, i) => `marts.m${i}`);
  const text = slackText(
    {
      project: 'Shop & Co',
      target: 'prod',
      command: 'build',
      run: 'r1',
      opened: [
        problem({ skipped: many }),
        problem({
          kind: 'freshness',
          subject: 'raw.events',
          model: 'raw.events',
          severity: 'warn',
          reason: 'nothing has arrived for 3 hours',
        }),
        problem({ subject: 'marts.orders.rows', reason: 'a < b', skipped: many }),
        {
          ...{ kind: 'segment', subject: 'vip', severity: 'error', reason: 'segment `vip` could not be evaluated' },
          ...{ skipped: [], run: 'r0', since: '2025-03-01T04:00:07Z' },
        },
      ],
      ended: [
        { ...problem({ subject: 'x' }), outcome: 'gone' },
        { ...problem({ subject: 'y' }), outcome: 'passed' },
      ],
    },
    manifest,
  );
  expect(text.split('\n')).toEqual([
    '*Shop &amp; Co* on `prod`: 3 problems, 1 warning, 2 over',
    ':red_circle: `marts.orders.amount.range`: `amount` is at least 0: 3 of 10 rows fail',
    ':red_circle: `marts.orders.rows`: a &lt; b',
    '      not brought up to date below: `marts.m0`, `marts.m1`, `marts.m2`, `marts.m3`, `marts.m4`, `marts.m5`, `marts.m6`, `marts.m7` and 2 more',
    '      owner: ann@example.com, finance',
    ':large_yellow_circle: `raw.events`: nothing has arrived for 3 hours',
    ':red_circle: `vip`: segment `vip` could not be evaluated',
    '      owner: crm',
    ':white_check_mark: `x` has left the project (wrong since 2025-03-01 04:00 UTC)',
    ':white_check_mark: `y` is right again (wrong since 2025-03-01 04:00 UTC)',
    '_etalon build, run r1_',
  ]);
});
