import { describe, expect, test } from 'vitest';
import type { Engine } from '../../runtime/engine/engine.ts';
import { readHistory } from '../../runtime/run/read-history.ts';
import { migrate } from '../../runtime/state/migrate.ts';
import { migrations, newestVersion } from '../../runtime/state/migrations.ts';
import { engines } from './on-engines.ts';
import { fill, forkedManifest, rowsOf, runForked } from './two-runs.ts';

const at = '2025-06-01T00:00:00Z';
/** The newest schema that knew of one claim on the whole target only. */
const before = 2;

/** As an Etalon of that version left it, with a run under way. */
async function leaveOld(engine: Engine): Promise<void> {
  await engine.execute('create schema etalon_state');
  await engine.execute('create schema etalon_tables');
  await engine.execute('create table etalon_state.migrations (version bigint, what text, applied_at timestamptz)');
  for (const { version, statements } of migrations.filter((one) => one.version <= before)) {
    for (const sql of statements) await engine.execute(sql);
    await engine.execute(`insert into etalon_state.migrations values (${version}, '', timestamptz '${at}')`);
  }
  await engine.execute("update etalon_state.locks set owner = 'old' where name = 'run'");
  await engine.execute("insert into etalon_state.runs (id, number, status) values ('old', 1, 'running')");
}

test('migrations are in the order of their versions, each once', () => {
  const versions = migrations.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  expect(newestVersion).toBe(versions.at(-1));
});

describe.each(engines)('the state of an earlier Etalon on %s', (_, onEngine) => {
  test('is brought up to date by the next run, and a run of that Etalon writes nothing more', () =>
    onEngine(async (engine) => {
      await fill(engine);
      await leaveOld(engine);
      await expect(readHistory({ engine, manifest: forkedManifest() })).rejects.toThrow(
        'of this target has version 2, this Etalon wants',
      );
      expect(await runForked(engine)).toMatchObject({ status: 'done' });
      const hold = await engine.execute(
        "update etalon_state.locks set owner = owner where name = 'run' and owner = 'old'",
      );
      expect(hold.count).toBe(0);
      expect(await rowsOf(engine, 'select number, status from etalon_state.runs order by number')).toEqual([
        [1, 'interrupted'],
        [2, 'done'],
      ]);
      expect((await readHistory({ engine, manifest: forkedManifest() })).models['marts.left']?.status).toBe('ok');
    }));

  test('is brought up to date once by runs that come together', () =>
    onEngine(async (engine) => {
      await fill(engine);
      await leaveOld(engine);
      await Promise.all([1, 2, 3].map(() => migrate(engine, before, at)));
      expect(await rowsOf(engine, 'select count(*), count(distinct version) from etalon_state.migrations')).toEqual([
        [migrations.length, migrations.length],
      ]);
      expect(await rowsOf(engine, 'select count(*) from etalon_state.claim_tokens')).toEqual([[1]]);
    }));
});
