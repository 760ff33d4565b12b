import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileProject, type Manifest, planEntities, planQuery, type Value } from '../../compiler/index.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import type { Engine } from '../../runtime/index.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { stageCells } from './cells-project.ts';
import { mustRun, runEtalon } from './run-etalon.ts';

const obstacle = findPostgresObstacle();
const asOf = '2025-06-10T00:00:00Z';

let folder: string;
let manifest: Manifest;
let database: Awaited<ReturnType<typeof freshDatabase>> | undefined;
const environment = (): Record<string, string> => (database ? { CELLS_URL: database.url } : {});

beforeAll(async () => {
  folder = stageCells();
  const compiled = await compileProject(folder);
  expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  manifest = compiled.manifest!;
  if (obstacle === undefined) database = await freshDatabase();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database?.drop();
});

interface Case {
  readonly metric: string;
  readonly by?: readonly string[];
  readonly grain?: 'month';
  /** Columns of a row that name its cell. */
  readonly cell: readonly string[];
  readonly part?: string;
  /** How many entities a row says there are. */
  readonly count: (row: Readonly<Record<string, Value>>) => Value | undefined;
  /** What their values add up to. */
  readonly sum?: readonly [column: string, of: (row: Readonly<Record<string, Value>>) => Value | undefined];
}

const parts = ['new', 'returning', 'resurrected', 'dormant', 'active'] as const;
const cases: readonly Case[] = [
  { metric: 'buyers', by: ['country'], grain: 'month', cell: ['month', 'country'], count: (r) => r.buyers },
  { metric: 'revenue', by: ['country'], cell: ['country'], count: () => undefined, sum: ['revenue', (r) => r.revenue] },
  { metric: 'back', by: ['cohort', 'k', 'country'], cell: ['cohort', 'k', 'country'], count: (r) => r.returned },
  { metric: 'back_rolling', cell: ['cohort', 'k'], count: (r) => r.returned },
  { metric: 'gone', cell: ['cohort', 'k'], count: (r) => r.churned },
  { metric: 'idle', cell: ['month'], count: (r) => r.churned },
  { metric: 'left', cell: ['month'], count: (r) => r.churned },
  { metric: 'worth', cell: ['cohort', 'horizon'], count: (r) => r.n_mature, sum: ['value', (r) => r.value] },
  { metric: 'cohort_money', cell: ['cohort', 'k'], count: () => undefined, sum: ['value', (r) => r.value] },
  { metric: 'kept', cell: ['month'], count: () => undefined, sum: ['retained', (r) => r.retained] },
  { metric: 'running', cell: ['month'], count: () => undefined, sum: ['retained', (r) => r.retained] },
  { metric: 'again', by: ['cohort'], cell: ['cohort'], part: 'repeated', count: (r) => r.repeated },
  {
    metric: 'again',
    by: ['cohort'],
    cell: ['cohort'],
    part: 'not_repeated',
    count: (r) => Number(r.n_mature) - Number(r.repeated ?? 0),
  },
  ...parts.map((part): Case => ({ metric: 'life', cell: ['month'], part, count: (r) => r[part] })),
  { metric: 'returned', grain: 'month', cell: ['month'], count: (r) => r.returned },
  { metric: 'sticky', cell: ['month', 'days'], count: (r) => r.entities },
  { metric: 'upsell', cell: ['step'], part: 'reached', count: (r) => r.entities },
  { metric: 'upsell', grain: 'month', cell: ['month', 'step'], part: 'reached', count: (r) => r.entities },
];

const engines = [
  ['duckdb', 'dev'],
  ['postgres', 'prod'],
] as const;

describe.each(engines)('on %s', (name, target) => {
  const isSkipped = name === 'postgres' && obstacle !== undefined;
  let engine: Engine;
  beforeAll(async () => {
    if (isSkipped) return;
    await mustRun(folder, ['run', '--target', target], environment());
    engine = await openEngine(
      name === 'duckdb'
        ? { engine: 'duckdb', path: join(folder, 'target/cells.duckdb'), readOnly: true }
        : { engine: 'postgres', url: database!.url },
    );
  }, 120_000);
  afterAll(() => engine?.close());

  const rowsOf = async (plan: Parameters<typeof queryTarget>[0]['plan']) => {
    const { rows } = await queryTarget({ manifest, engine, plan, target });
    return rows.map((row) => Object.fromEntries(plan.columns.map((column, i) => [column.name, row[i] ?? null])));
  };

  test
    .skipIf(isSkipped)
    .each(cases.map((one) => [`${one.metric} ${one.part ?? ''} ${one.cell.join(', ')}`, one] as const))(
    'the entities of every cell are those that it counts: %s',
    async (_, one) => {
      const request = {
        metrics: [one.metric],
        by: one.by ?? [],
        order: [],
        asOf,
        ...(one.grain ? { grain: one.grain } : {}),
      };
      const { plan, diagnostics } = planQuery(manifest, request);
      expect(diagnostics).toEqual([]);
      const answer = await rowsOf(plan!);
      let told = 0;
      for (const row of answer) {
        const cell = {
          ...Object.fromEntries(one.cell.map((key) => [key, String(row[key])])),
          ...(one.part ? { part: one.part } : {}),
        };
        const opened = planEntities(manifest, { metric: one.metric, cell, limit: 1000, asOf });
        expect(opened.diagnostics, JSON.stringify(cell)).toEqual([]);
        const entities = await rowsOf(opened.plan!);
        told += entities.length;
        const ids = entities.map((entity) => entity[opened.plan!.columns.find(({ role }) => role === 'entity')!.name]);
        expect(new Set(ids).size, JSON.stringify(cell)).toBe(ids.length);
        const count = one.count(row);
        if (count !== undefined) expect(entities.length, JSON.stringify(cell)).toBe(Number(count ?? 0));
        if (one.sum) {
          const [column, of] = one.sum;
          const total = entities.reduce((sum, entity) => sum + Number(entity[column]), 0);
          expect(total, JSON.stringify(cell)).toBeCloseTo(Number(of(row) ?? 0), 6);
        }
      }
      expect(told).toBeGreaterThan(0);
    },
    60_000,
  );

  test.skipIf(isSkipped)('an open month is set against as much of the one before', async () => {
    const plan = (compare?: string, more = {}) =>
      planQuery(manifest, {
        metrics: ['revenue'],
        by: [],
        grain: 'month',
        order: [],
        asOf,
        ...(compare ? { compare } : {}),
        ...more,
      }).plan!;
    const rows = await rowsOf(plan('previous'));
    // As of midnight UTC it is two o'clock in Berlin: of May the time up to then counts.
    const [part] = await rowsOf(
      planQuery(manifest, { metrics: ['revenue'], by: [], from: '2025-05-01', order: [], asOf: '2025-05-10T00:00:00Z' })
        .plan!,
    );
    const june = rows.find((row) => String(row.month) === '2025-06-01')!;
    expect([june.state, Number(june.revenue_before)]).toEqual(['partial', Number(part!.revenue)]);
    const may = rows.find((row) => String(row.month) === '2025-05-01')!;
    const april = rows.find((row) => String(row.month) === '2025-04-01')!;
    expect(Number(may.revenue_before)).toBe(Number(april.revenue));
    expect(Number(may.revenue_change)).toBeCloseTo(Number(may.revenue) / Number(april.revenue) - 1, 9);
    const [whole] = await rowsOf(
      planQuery(manifest, {
        metrics: ['revenue'],
        by: [],
        from: '2025-05-01',
        to: '2025-06-01',
        compare: 'previous',
        order: [],
        asOf,
      }).plan!,
    );
    expect(Number(whole!.revenue_before)).toBe(Number(april.revenue));
  });

  test.skipIf(isSkipped)(
    'ids that say who somebody is are refused, or shown as their hash',
    async () => {
      const words = [
        'query',
        'readers',
        '--entities',
        '--cell',
        'cohort=2025-03,k=1',
        '--format',
        'csv',
        '--target',
        target,
      ];
      const refused = await runEtalon(folder, words, environment());
      expect([refused.code, refused.out]).toEqual([2, '']);
      expect(refused.err).toContain('`clean.letters.email` is personal data (`email`)');
      const key = 'a key of more than sixteen letters';
      const hashed = await runEtalon(folder, words, { ...environment(), CELLS_KEY: key });
      expect(hashed.code, hashed.err).toBe(0);
      const [, row] = hashed.out.split('\n');
      expect(row).toMatch(/^[0-9a-f]{64},2025-03-02T10:00:00Z$/);
      expect(hashed.out + hashed.err).not.toContain('ada@');
    },
    60_000,
  );

  test.skipIf(isSkipped)(
    'no more are told than was asked for',
    async () => {
      const words = ['query', 'orders', '--entities', '--limit', '3', '--format', 'json', '--target', target];
      const { code, out, err } = await runEtalon(folder, words, environment());
      expect(code, err).toBe(0);
      expect(JSON.parse(out).rows).toHaveLength(3);
      expect(err).toContain('the first 3; there are more');
    },
    60_000,
  );
});
