import { expect, test } from 'vitest';
import type { ManifestMetric } from '../compiler/index.ts';
import type { MetricTable } from './site-types.ts';
import { hideInTable } from './suppress-table.ts';

type Rule = NonNullable<ManifestMetric['rule']>;
const rule = (of: object): Rule => of as Rule;

function tableOf(names: readonly string[], rows: MetricTable['rows']): MetricTable {
  const roleOf = (name: string) =>
    name === 'state' ? 'state' : ['step', 'name', 'month', 'days'].includes(name) ? 'dimension' : 'metric';
  return { of: 'periods', columns: names.map((name) => ({ name, role: roleOf(name), type: 'text' })), rows };
}

const funnel = (counts: readonly number[]) =>
  tableOf(
    ['step', 'name', 'entities', 'rate', 'step_rate'],
    counts.map((count, at) => [
      String(at + 1),
      `s${at}`,
      String(count),
      String(count / counts[0]!),
      at === 0 ? null : String(count / counts[at - 1]!),
    ]),
  );
const told = (of: Rule, table: MetricTable, column: string) => {
  const shown = hideInTable(of, table, 11);
  const at = table.columns.findIndex(({ name }) => name === column);
  return shown?.table.rows.map((row) => row[at]);
};

test('a step of a funnel is not told where few came to it, or few were lost before it', () => {
  const entities = rule({ rule: 'funnel', count: 'entities' });
  expect(told(entities, funnel([500, 495, 100, 40]), 'entities')).toEqual(['500', null, '100', '40']);
  expect(told(entities, funnel([500, 495, 100, 40]), 'step_rate')).toEqual([null, null, null, '0.4']);
  expect(told(entities, funnel([500, 300, 5, 0]), 'entities')).toEqual(['500', '300', null, '0']);
  expect(told(entities, funnel([7, 3, 0]), 'rate')).toEqual([null, null, null]);
  expect(hideInTable(entities, funnel([500, 300]), 11)!.isHiding).toBe(false);
});

test('what is counted by attempts, in money or as a share without its parts is withheld', () => {
  const withheld = [
    { rule: 'funnel', count: 'attempts' },
    { rule: 'kept_revenue' },
    { rule: 'cohort_revenue' },
    { rule: 'stickiness', as: 'rate' },
    { rule: 'retention' },
  ];
  for (const each of withheld) expect(hideInTable(rule(each), funnel([500]), 11)).toBeUndefined();
});

test('a period of churn is not told where few are lost, few stay, or few have come in since the one before', () => {
  const churn = (rows: readonly (readonly [number, number])[]) =>
    told(
      rule({ rule: 'inactivity_churn' }),
      tableOf(
        ['month', 'at_risk', 'churned', 'state'],
        rows.map(([a, b], at) => [`2025-0${at + 1}-01`, String(a), String(b), 'final']),
      ),
      'churned',
    );
  expect(
    churn([
      [100, 20],
      [130, 4],
      [160, 150],
      [200, 60],
    ]),
  ).toEqual(['20', null, null, '60']);
  expect(
    churn([
      [100, 20],
      [103, 30],
      [140, 40],
    ]),
  ).toEqual(['20', null, '40']);
});

test('a period of a lifecycle goes whole, a bar of a histogram with the next one', () => {
  const names = ['month', 'new', 'returning', 'resurrected', 'dormant', 'active', 'state'];
  const rows = [
    ['2025-01-01', '30', '0', '0', '0', '30', 'final'],
    ['2025-02-01', '20', '15', '2', '15', '37', 'final'],
  ];
  const shown = hideInTable(rule({ rule: 'lifecycle' }), tableOf(names, rows), 11)!.table.rows;
  expect(shown[0]).toEqual(rows[0]);
  expect(shown[1]).toEqual(['2025-02-01', null, null, null, null, null, 'hidden']);
  const bars = tableOf(
    ['month', 'days', 'entities'],
    [
      ['2025-01-01', '1', '90'],
      ['2025-01-01', '2', '14'],
      ['2025-01-01', '3', '3'],
      ['2025-02-01', '1', '50'],
    ],
  );
  expect(told(rule({ rule: 'stickiness', as: 'histogram' }), bars, 'entities')).toEqual(['90', null, null, '50']);
  const repeat = tableOf(['n_total', 'n_mature', 'repeated', 'rate'], [['500', '400', '393', '0.98']]);
  expect(told(rule({ rule: 'repeat' }), repeat, 'rate')).toEqual([null]);
});
