import { type Engine, EngineError } from '../engine/engine.ts';
import { migrations, newestVersion } from './migrations.ts';
import { statement, toCount } from './rows.ts';

/** Brings the state schema up to this Etalon's version: all missing migrations in one transaction. */
export async function migrate(engine: Engine, from: number, at: string): Promise<void> {
  if (from >= newestVersion) return;
  try {
    await engine.transaction(async (session) => {
      await session.execute('create schema if not exists etalon_state');
      await session.execute('create schema if not exists etalon_tables');
      await session.execute(
        'create table if not exists etalon_state.migrations (version bigint, what text, applied_at timestamptz)',
      );
      for (const migration of migrations.filter(({ version }) => version > from)) {
        for (const sql of migration.statements) await session.execute(sql);
        await session.execute(
          statement(
            'insert into etalon_state.migrations (version, what, applied_at) values ($1, $2, cast($3 as timestamptz))',
            migration.version,
            migration.what,
            at,
          ),
        );
      }
    });
  } catch (error) {
    // Two first runs at once: the other one's schema is as good as ours.
    if (!(error instanceof EngineError) || (await readVersion(engine)) < newestVersion) throw error;
  }
}

async function readVersion(engine: Engine): Promise<number> {
  try {
    return toCount((await engine.execute('select max(version) from etalon_state.migrations')).rows[0]?.[0]);
  } catch {
    return 0;
  }
}
