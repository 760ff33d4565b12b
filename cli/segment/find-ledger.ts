import type { Engine } from '../../runtime/engine/engine.ts';
import { readLedger } from '../../runtime/export/ledger.ts';

/** The ledger of exports. One that is not there yet, since nothing was exported or an earlier Etalon wrote the target, is empty. */
export async function findLedger(engine: Engine): Promise<Awaited<ReturnType<typeof readLedger>>> {
  const entries = await engine.readCatalog(['etalon_state']);
  if (!entries.some(({ name }) => name.table === 'export_ledger')) return { lines: [], head: undefined };
  return readLedger(engine);
}
