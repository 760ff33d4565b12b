import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileFiles, eventCountsSql, loadParser, type Manifest, renderSql, shapesOf } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { run } from '../../runtime/run/run.ts';
import { engines } from './on-engines.ts';

const texts = {
  'project.yml':
    'project: p\nlanguage: 1\ncalendar: {timezone: Europe/Berlin}\ntargets: {dev: {engine: duckdb, path: x.duckdb}}\n',
  'models/raw/events.yml': `source: {files: data/*.jsonl, on_change: reload}
loaded_at: at
key: id
columns: {id: {type: integer, required: true}, name: text, at: timestamp, version: integer, who: text, p: json}
events:
  name: name
  version: version
  catalog: {a: {requires: [who, x]}, b: {requires: [x, y.z], since: 2, renamed_from: c}}
`,
};

const event = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd1', 'd22', 'an@address', null),
  at: fc.constantFrom('2025-03-01T22:30:00Z', '2025-03-01T23:30:00Z', '2025-03-05T12:00:00Z', null),
  version: fc.constantFrom(1, 2, 3, null),
  who: fc.constantFrom('u', null),
  p: fc.constantFrom({ x: 1, y: { z: 'q' } }, { x: null, y: { z: 0 } }, { y: {} }, {}, null),
});

/** Each step writes one of four files, as a new one or with other rows in it. */
const history = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.array(event, { maxLength: 6 })), {
  minLength: 2,
  maxLength: 7,
});

/** After every load: the account that was added to is the one counted anew, and the counts of row rules are those of a look at all rows. */
async function playHistory(
  engine: Engine,
  manifest: Manifest,
  steps: typeof history extends fc.Arbitrary<infer T> ? T : never,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-account-'));
  mkdirSync(join(folder, 'data'));
  let looks = 0;
  const clock = () =>
    `2025-06-01T00:${String(Math.trunc(looks / 60)).padStart(2, '0')}:${String(looks++ % 60).padStart(2, '0')}Z`;
  try {
    for (const [index, [file, events]] of steps.entries()) {
      const lines = events.map((one, i) => JSON.stringify({ id: index * 100 + i, ...one }));
      writeFileSync(join(folder, `data/${file}.jsonl`), lines.map((line) => `${line}\n`).join(''));
      const effects = { clock, emit: () => undefined, folder };
      const result = await run({ manifest, engine, effects, command: 'run', threads: 2 });
      expect(result.exitCode, JSON.stringify(result.steps)).toBe(0);
      await compare(engine, manifest);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(engine: Engine, manifest: Manifest): Promise<void> {
  const render = (sql: string) =>
    renderSql(sql, engine.capabilities.dialect, () => ({ schema: 'raw', table: 'events' }), {
      shapeOf: shapesOf(manifest),
    });
  const sorted = async (sql: string) =>
    (await engine.execute(sql)).rows.map((row) => JSON.stringify(row.map(String))).sort();
  const [anew] = eventCountsSql(manifest, manifest.models[0]!, 'all');
  const kept = 'select day, event, property, events, bad, unknown from etalon_state.events_by_day';
  expect(await sorted(kept)).toEqual(await sorted(render(anew!)));
  for (const { name, check } of manifest.tests) {
    if (check.mode !== 'row') continue;
    const where = check.where === undefined ? 'true' : `(${check.where})`;
    const whole = `select count(*) filter (where ${where}), count(*) filter (where ${where} and (${check.fails})) from raw.events`;
    const last = `select tested, failing from etalon_state.test_results where test = '${name}' order by run_number desc limit 1`;
    expect(await sorted(last), name).toEqual(await sorted(render(whole)));
  }
}

describe.each(engines)('on %s', (_, onEngine) => {
  let manifest: Manifest;
  beforeAll(async () => {
    await loadParser();
    const compiled = compileFiles(Object.entries(texts).map(([path, text]) => ({ kind: 'source-file', path, text })));
    expect(compiled.diagnostics).toEqual([]);
    manifest = compiled.manifest!;
  });

  test('an account that loads have added to is the one that is counted anew', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, (steps) => onEngine((engine) => playHistory(engine, manifest, steps))),
      { numRuns: 12 },
    );
  });
});
