import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject, type Manifest } from '../../compiler/index.ts';
import { type Engine, runExamples } from '../../runtime/index.ts';
import { type TestTarget, testEngines } from '../support/engines.ts';
import { sharedObstacle, sharedPath } from '../support/shared.ts';

const corpus = 'corpus/semantics';
const obstacle = sharedObstacle(corpus);

/** The semantics corpus: every example of a metric and of a segment, expected values by an independent oracle. */
describe.skipIf(obstacle !== undefined)(`semantics corpus${obstacle ? ` (${obstacle})` : ''}`, () => {
  let manifest: Manifest;
  beforeAll(async () => {
    const compiled = await compileProject(sharedPath(corpus));
    expect(compiled.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    manifest = compiled.manifest!;
  });

  describe.each(testEngines)('$name', (under) => {
    let target: TestTarget;
    let engine: Engine;
    beforeAll(async () => {
      if (under.obstacle !== undefined) return;
      target = await under.prepare();
      engine = await target.open();
    });
    afterAll(() => target?.drop());

    it.skipIf(under.obstacle !== undefined)(
      `gives what the oracle gives${under.obstacle ? ` (${under.obstacle})` : ''}`,
      async () => {
        const { results, notComputed } = await runExamples({ manifest, engine });
        const wrong = results
          .filter((r) => r.status !== 'passed')
          .map((r) => ({ of: `${r.of} ${r.metric}`, title: r.title, differences: r.differences }));
        expect(wrong).toEqual([]);
        console.info(
          `semantics corpus on ${under.name}: ${results.length} examples right, ${notComputed} not computed`,
        );
        expect(notComputed).toBe(0);
      },
    );
  });
});
