import { qualify } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { migrate } from './migrate.ts';
import type { Store } from './open-store.ts';
import { StateError } from './state-error.ts';

/**
 * Brings back the tables of the state where they are gone or were emptied, and the row without which no two claims come one after another. What is there stays.
 * @throws StateError where the tables hold rows and nothing says of which version they are
 */
export async function restoreState(engine: Engine, store: Store, at: string): Promise<void> {
  if (store.schemaVersion === 0) await dropEmptyTables(engine);
  await migrate(engine, store.schemaVersion, at);
  await engine.execute(
    'insert into etalon_state.claim_tokens (token) select 0 where not exists (select 1 from etalon_state.claim_tokens)',
  );
}

async function dropEmptyTables(engine: Engine): Promise<void> {
  const entries = await engine.readCatalog(['etalon_state']);
  const held: string[] = [];
  for (const { name, kind } of entries) {
    // A row that counts, and tells nothing of the target.
    if (kind === 'view' || name.table === 'claim_tokens') continue;
    const found = await engine.execute(`select count(*) from ${qualify(name)}`);
    if (Number(found.rows[0]?.[0] ?? 0) > 0) held.push(name.table);
  }
  if (held.length > 0) {
    throw new StateError(
      `the table \`etalon_state.migrations\` is empty, and \`${held.join('`, `')}\` hold rows of which nothing says how to read them: restore it, or drop the schema \`etalon_state\` and adopt what is in \`etalon_tables\``,
    );
  }
  await engine.transaction(async (session) => {
    for (const kind of ['view', 'table'] as const) {
      for (const { name } of entries.filter((entry) => entry.kind === kind)) {
        await session.execute(`drop ${kind} ${qualify(name)}`);
      }
    }
  });
}
