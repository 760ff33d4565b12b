import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../runtime/run/run.ts';
import type { RunEvent } from '../../runtime/run/run-types.ts';
import { onDuckdb } from './on-engines.ts';
import { sampleManifest } from './sample-manifest.ts';

test('a source whose pattern matches no file is warned of in each run, with what is there instead', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-empty-'));
  mkdirSync(join(folder, 'data', 'events'), { recursive: true });
  writeFileSync(join(folder, 'data', 'events', '1.csv'), 'id\n1\n');
  const source = (pattern: string) => ({ from: 'files', pattern, format: 'csv', onChange: 'error' }) as const;
  const manifest = sampleManifest([
    { name: 'raw.slip', columns: 'id integer', source: source('data/evnts/*.csv') },
    { name: 'raw.events', columns: 'id integer', source: source('data/events/*.csv') },
  ]);
  try {
    await onDuckdb(async (engine) => {
      for (const reason of ['never loaded: no file matches `data/evnts/*.csv`', 'no file matches `data/evnts/*.csv`']) {
        const events: RunEvent[] = [];
        const effects = {
          clock: () => '2025-06-01T00:00:00Z',
          emit: (event: RunEvent) => void events.push(event),
          folder,
        };
        const result = await run({ manifest, engine, effects, command: 'run', threads: 1 });
        expect(result).toMatchObject({ status: 'done' });
        expect(result.steps.find(({ model }) => model === 'raw.slip')).toMatchObject({ reason });
        expect(events.filter(({ event }) => event === 'warning')).toMatchObject([
          {
            model: 'raw.slip',
            message: 'no file matches `data/evnts/*.csv`: there is no folder `data/evnts/`; `data/` holds `events/`',
          },
        ]);
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
