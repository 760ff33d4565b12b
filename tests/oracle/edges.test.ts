import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject, type Manifest } from '../../compiler/index.ts';
import { runExamples } from '../../runtime/index.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';

let manifest: Manifest;
beforeAll(async () => {
  const compiled = await compileProject(fileURLToPath(new URL('edges', import.meta.url)));
  expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  manifest = compiled.manifest!;
});

describe.each(listRunnableEngines())('on $name', (under) => {
  let target: TestTarget;
  beforeAll(async () => {
    target = await under.prepare('en-US');
  });
  afterAll(() => target.drop());

  it('every edge comes out as it was worked out by hand', async () => {
    const { results } = await runExamples({ manifest, engine: await target.open() });
    expect(results.length).toBeGreaterThan(290);
    expect(
      results.flatMap(({ metric, title, differences }) => differences.map((line) => `${metric}, ${title}: ${line}`)),
    ).toEqual([]);
  });
});
