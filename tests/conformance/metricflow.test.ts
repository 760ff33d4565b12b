import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject, type Grain, type Manifest, planQuery, type Value } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { queryTarget, run } from '../../runtime/index.ts';
import { type TestTarget, testEngines } from '../support/engines.ts';
import { sharedObstacle, sharedPath } from '../support/shared.ts';

const corpus = 'corpus/metricflow';
const obstacle = sharedObstacle(corpus);

interface Case {
  readonly name: string;
  readonly metrics: readonly string[];
  readonly by: readonly string[];
  readonly grain: Grain | null;
  readonly where: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly order: readonly string[] | null;
  readonly limit: number | null;
  readonly expect: {
    readonly columns: readonly string[];
    readonly types: readonly string[];
    readonly rows: readonly (readonly Value[])[];
  };
}

const cases: readonly Case[] = obstacle
  ? []
  : readdirSync(sharedPath(`${corpus}/cases`)).map(
      (file) => JSON.parse(readFileSync(sharedPath(`${corpus}/cases/${file}`), 'utf8')) as Case,
    );

function ask(manifest: Manifest, c: Case) {
  return planQuery(manifest, {
    metrics: c.metrics,
    by: c.by,
    order: c.order ?? [],
    asOf: '2022-01-01T00:00:00Z',
    ...(c.grain ? { grain: c.grain } : {}),
    ...(c.where ? { where: c.where } : {}),
    ...(c.from ? { from: c.from } : {}),
    ...(c.to ? { to: c.to } : {}),
    ...(c.limit === null ? {} : { limit: c.limit }),
  });
}

/** Rows as text that compares: numbers at ten significant digits, instants with Z. */
function comparable(rows: readonly (readonly Value[])[], types: readonly string[], ordered: boolean): string[] {
  const lines = rows.map((row) =>
    JSON.stringify(
      row.map((value, i) => {
        if (value === null) return null;
        if (/^(integer|decimal|double)/.test(types[i]!)) return Number(Number(value).toPrecision(10));
        return typeof value === 'boolean' ? value : String(value);
      }),
    ),
  );
  return ordered ? lines : lines.sort();
}

describe.skipIf(obstacle !== undefined)(`MetricFlow's questions${obstacle ? ` (${obstacle})` : ''}`, () => {
  let manifest: Manifest;
  beforeAll(async () => {
    const compiled = await compileProject(sharedPath(corpus));
    expect(compiled.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    manifest = compiled.manifest!;
  });

  it('asks only for what can be planned', () => {
    const refused = cases.flatMap((c) => ask(manifest, c).diagnostics.map((d) => `${c.name}: ${d.code} ${d.message}`));
    expect(refused).toEqual([]);
  });

  describe.each(testEngines)('$name', (under) => {
    let target: TestTarget;
    let engine: Engine;
    let passed = 0;
    beforeAll(async () => {
      if (under.obstacle !== undefined) return;
      target = await under.prepare();
      engine = await target.open();
      await build(manifest, engine);
    });
    afterAll(async () => {
      if (under.obstacle === undefined)
        console.info(`MetricFlow's questions on ${under.name}: ${passed} of ${cases.length} answered right`);
      await target?.drop();
    });

    it.skipIf(under.obstacle !== undefined).for(cases)('$name', async (c) => {
      const plan = ask(manifest, c).plan!;
      const { rows } = await queryTarget({ manifest, engine, plan });
      const width = c.expect.columns.length;
      expect(plan.columns.slice(0, -1).map((column) => column.name)).toEqual(c.expect.columns);
      const got = comparable(
        rows.map((row) => row.slice(0, width)),
        c.expect.types,
        c.order !== null,
      );
      expect(got).toEqual(comparable(c.expect.rows, c.expect.types, c.order !== null));
      passed += 1;
    });
  });
});

async function build(manifest: Manifest, engine: Engine): Promise<void> {
  const result = await run({
    manifest,
    engine,
    command: 'run',
    threads: 2,
    effects: { clock: () => '2022-01-01T00:00:00Z', emit: () => {}, folder: sharedPath(corpus) },
  });
  expect(result.steps.filter((s) => s.status !== 'built').map((s) => `${s.model}: ${s.error ?? s.reason}`)).toEqual([]);
}
