import type { FileLoad, LoadResult, Session } from '../engine.ts';
export async function createDuckdbRawTables(
  _session: Session,
  _load: Omit<FileLoad, 'files' | 'batch' | 'loadedAt'>,
): Promise<void> {
  throw new Error('soon');
}
export async function loadIntoDuckdb(_session: Session, _load: FileLoad): Promise<LoadResult> {
  throw new Error('soon');
}
