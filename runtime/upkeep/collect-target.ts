import { qualify } from '../../compiler/index.ts';
import { dropRelations } from '../run/collect-garbage.ts';
import { compareInstants } from '../run/instants.ts';
import { findSeenChanges } from '../run/prune-changes.ts';
import { changesName, inTables, rejectedName } from '../run/target-names.ts';
import { migrate } from '../state/migrate.ts';
import { openStore } from '../state/open-store.ts';
import { readVersions } from '../state/read-snapshot.ts';
import {
  type Age,
  countOldJournal,
  type JournalRows,
  noJournalRows,
  readCutoff,
  trimJournal,
} from '../state/trim-journal.ts';
import { findStrays } from './check-strays.ts';
import { createOwner, withClaim } from './claimed.ts';
import { findEntry, readStanding, type Standing, type UpkeepRequest } from './standing.ts';

export interface CollectRequest extends Omit<UpkeepRequest, 'select'> {
  /** What is younger stays: `7 days`. */
  readonly olderThan: string;
  /** Only tell; nothing is written. */
  readonly dryRun: boolean;
}

/** A relation of `etalon_tables` that nothing points to, with what it takes as far as the engine tells. */
export interface Leftover {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly rows?: number;
  readonly bytes?: number;
}

export interface Collected {
  readonly dropped: readonly Leftover[];
  readonly kept: readonly { readonly name: string; readonly why: string }[];
  /** Rows of logs of changes that everybody has seen. */
  readonly changes: number;
  readonly journal: JournalRows;
}

/**
 * Drops what nothing points to and is older than the rule, forgets changes that everybody has seen, and trims the journal; nothing that a plan, a reader or a kept snapshot needs.
 * @throws EngineError `busy` where a run holds the target; StateError where the state is gone
 */
export async function collectTarget(request: CollectRequest): Promise<Collected> {
  const { engine, olderThan, dryRun } = request;
  const now = request.clock();
  const { schemaVersion } = await openStore(engine, []);
  const none = { dropped: [], kept: [], changes: 0, journal: noJournalRows };
  if (schemaVersion === 0) return none;
  const age = { now, olderThan };
  if (dryRun) return collect(await readStanding(request), age, undefined);
  await migrate(engine, schemaVersion, now);
  return withClaim(engine, { owner: createOwner('gc', now), command: 'gc' }, async (write) => {
    const collected = await collect(await readStanding(request), age, write);
    await engine.reclaim();
    return collected;
  });
}

type Write = Parameters<Parameters<typeof withClaim>[2]>[0];

/** Without `write` it only counts. */
async function collect(standing: Standing, age: Age, write: Write | undefined): Promise<Collected> {
  const { engine } = standing;
  const strays = await findStrays(standing);
  const young = await findYoung(standing, await readCutoff(engine, age));
  const dead = await Promise.all(strays.filter((name) => !young.has(name)).map((name) => measure(standing, name)));
  const dropped = new Set(
    write === undefined
      ? dead.map(({ name }) => name)
      : await dropRelations(
          engine,
          dead.map(({ name, kind }) => ({ name, view: kind === 'view' })),
        ),
  );
  const changes = await forgetChanges(standing, write);
  const journal =
    write === undefined ? await countOldJournal(engine, age) : await write((session) => trimJournal(session, age));
  const isRead = dead.filter(({ name }) => !dropped.has(name));
  return {
    dropped: dead.filter(({ name }) => dropped.has(name)),
    kept: [
      ...isRead.map(({ name }) => ({ name, why: 'somebody reads it' })),
      ...strays
        .filter((name) => young.has(name))
        .map((name) => ({ name, why: `it was published until ${young.get(name)}` })),
    ],
    changes,
    journal,
  };
}

/** Relations of versions that were published until less long ago than the rule says, with until when. */
async function findYoung(standing: Standing, cutoff: string): Promise<ReadonlyMap<string, string>> {
  const young = new Map<string, string>();
  for (const { relation, validTo } of await readVersions(standing.store)) {
    if (validTo === undefined || compareInstants(validTo, cutoff) < 0) continue;
    const table = inTables(relation);
    for (const { table: name } of [table, rejectedName(table), changesName(table)]) {
      const before = young.get(name);
      if (before === undefined || compareInstants(before, validTo) < 0) young.set(name, validTo);
    }
  }
  return young;
}

async function measure(standing: Standing, name: string): Promise<Leftover> {
  const kind = findEntry(standing, inTables(name))?.kind ?? 'table';
  return { name, kind, ...(kind === 'view' ? {} : await standing.engine.readSize(inTables(name))) };
}

async function forgetChanges({ engine, store }: Standing, write: Write | undefined): Promise<number> {
  let rows = 0;
  for (const { log, build } of await findSeenChanges(store)) {
    const seen = `from ${qualify(log)} where _build <= ${build}`;
    rows +=
      write === undefined
        ? Number((await engine.execute(`select count(*) ${seen}`)).rows[0]?.[0] ?? 0)
        : await write(async (session) => (await session.execute(`delete ${seen}`)).count);
  }
  return rows;
}
