import type { FileLoad, LoadResult, Session } from '../engine.ts';
import type { PostgresSession } from './postgres-session.ts';
export async function createPostgresRawTables(
  _session: Session,
  _load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>,
): Promise<void> {
  throw new Error('soon');
}
export async function loadIntoPostgres(_session: PostgresSession, _load: FileLoad): Promise<LoadResult> {
  throw new Error('soon');
}
