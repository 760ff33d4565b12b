import type { Session } from '../engine/engine.ts';
import { newestVersion } from './migrations.ts';
import { statement, toCount, toText } from './rows.ts';
import { StateError } from './state-error.ts';

/** What is known of the target after one look, before anything is written. */
export interface Store {
  readonly session: Session;
  /** The version of the state schema that is there; 0: none yet. */
  readonly schemaVersion: number;
  /** `schema.name` of every table and view in `etalon_state`, `etalon_tables` and the schemas asked for. */
  readonly relations: ReadonlySet<string>;
}

/**
 * Looks at the target's state without writing: at most two queries.
 * @throws StateError where a newer Etalon wrote it, or where built tables are there and their marks are not.
 */
export async function openStore(session: Session, schemas: readonly string[]): Promise<Store> {
  const store = await lookAtStore(session, schemas);
  if (store.schemaVersion === 0) refuseUnmarkedTables(store.relations);
  return store;
}

/** As `openStore`, for those who mend: also where tables are there and their marks are not. */
export async function lookAtStore(session: Session, schemas: readonly string[]): Promise<Store> {
  const relations = await listRelations(session, schemas);
  if (!relations.has('etalon_state.migrations')) return { session, schemaVersion: 0, relations };
  const newest = await session.execute('select max(version) from etalon_state.migrations');
  const schemaVersion = toCount(newest.rows[0]?.[0]);
  if (schemaVersion > newestVersion) {
    throw new StateError(
      `the schema \`etalon_state\` of this target has version ${schemaVersion}, this Etalon knows ${newestVersion}: a newer Etalon has run here; update this one`,
    );
  }
  return { session, schemaVersion, relations };
}

/** `schema.name` of every table and view in `etalon_state`, `etalon_tables` and the schemas asked for. */
export async function listRelations(session: Session, schemas: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = [...new Set(['etalon_state', 'etalon_tables', ...schemas])];
  const found = await session.execute(
    statement(
      `select table_schema, table_name from information_schema.tables where table_catalog = current_database() and table_schema in (${asked.map((_, index) => `$${index + 1}`).join(', ')})`,
      ...asked,
    ),
  );
  return new Set(found.rows.map(([schema, name]) => `${toText(schema)}.${toText(name)}`));
}

function refuseUnmarkedTables(relations: ReadonlySet<string>): void {
  const built = [...relations].filter((name) => name.startsWith('etalon_tables.')).sort();
  const state = relations.has('etalon_state.migrations') && relations.has('etalon_state.versions');
  if (built.length === 0 && !state) return;
  const gone = state
    ? 'the table `etalon_state.migrations`, which says how to read the schema, is empty'
    : `the schema \`etalon_tables\` holds ${built.length} relations (${built[0]} …) and \`etalon_state\`, which says what is in them, is gone`;
  throw new StateError(`${gone}: ${howToMend}`);
}

/** What helps where tables are there and their marks are not. */
export const howToMend =
  'restore it, or `etalon state adopt` takes over what is proven to be right, or `etalon state rebuild` has everything built anew';
