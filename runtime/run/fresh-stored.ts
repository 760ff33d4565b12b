import type { Manifest } from '../../compiler/index.ts';
import type { History } from '../state/history-types.ts';

/**
 * Tables made for metrics that hold what the tables that they are made from hold now: a question may be answered from these.
 *
 * @example
 * planQuery(manifest, request, freshStored(manifest, await readHistory({ engine, manifest })))
 */
export function freshStored(manifest: Manifest, history: Pick<History, 'models'>): ReadonlySet<string> {
  const stored = new Map(manifest.models.flatMap((model) => (model.generated?.metric ? [[model.name, model]] : [])));
  const isFresh = (name: string): boolean => {
    const model = stored.get(name);
    if (!model) return true;
    return history.models[name]?.status === 'ok' && model.reads.every(isFresh);
  };
  return new Set([...stored.keys()].filter(isFresh));
}
