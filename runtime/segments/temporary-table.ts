import { type QualifiedName, qualify, quoteIdentifier } from '../../compiler/index.ts';
import type { Engine, Session } from '../engine/engine.ts';

/** A transaction, and the engine that it is of. */
export interface Unit {
  readonly engine: Engine;
  readonly session: Session;
}

/** What an evaluation computes beside the memory: tables of its own transaction, which nobody else sees and a rollback takes away. */
export type Beside = 'moved' | 'found' | 'changes' | 'differing';

/** Makes such a table from a SELECT. */
export async function createBeside({ engine, session }: Unit, what: Beside, select: string): Promise<QualifiedName> {
  const name = besideName(engine, what);
  await session.execute(`create temp table ${quoteIdentifier(name.table)} as ${select}`);
  await engine.analyze(name, session);
  return name;
}

export function besideName({ capabilities }: Engine, what: Beside): QualifiedName {
  return { schema: capabilities.temporarySchema, table: `segment_${what}` };
}

/** Before the transaction ends: the connection goes on to others. */
export async function dropBeside({ session }: Unit, tables: readonly QualifiedName[]): Promise<void> {
  for (const table of tables) await session.execute(`drop table ${qualify(table)}`);
}
