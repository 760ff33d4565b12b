import type { ManifestModel } from '../../compiler/index.ts';
import type { YieldedColumn } from './check-contract.ts';
import type { Told } from './keep-drift.ts';

/**
 * What readers of a published name will see of a new definition's columns: more of them at the end, which breaks nobody, or others, which may. Undefined where they see the same.
 *
 * @example
 * describeContract(model, [{ name: 'id', type: 'integer' }]) // { event: 'notice', message: 'readers see one column more, at the end: `amount`' }
 */
export function describeContract(model: ManifestModel, before: readonly YieldedColumn[]): Told | undefined {
  const now = model.columns;
  const known = new Map(before.map(({ name, type }) => [name, type]));
  const gone = before.filter(({ name }) => !now.some((column) => column.name === name));
  const retyped = now.filter(({ name, type }) => type !== undefined && known.has(name) && known.get(name) !== type);
  const kept = now.filter(({ name }) => known.has(name)).map(({ name }) => name);
  const order = before.map(({ name }) => name).filter((name) => kept.includes(name));
  const isMoved =
    order.some((name, index) => kept[index] !== name) ||
    now.slice(0, order.length).some(({ name }) => !known.has(name));
  const added = now.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (gone.length === 0 && retyped.length === 0 && !isMoved) {
    if (added.length === 0) return undefined;
    const more = added.length === 1 ? 'one column more' : `${added.length} columns more`;
    return { event: 'notice', message: `readers see ${more}, at the end: ${list(added)}` };
  }
  const parts = [
    ...(gone.length > 0 ? [`${list(gone.map(({ name }) => name))} ${gone.length === 1 ? 'is' : 'are'} gone`] : []),
    ...retyped.map(({ name, type }) => `\`${name}\` is ${type} and was ${known.get(name)}`),
    ...(isMoved ? ['columns stand in another order'] : []),
    ...(added.length > 0 ? [`${list(added)} ${added.length === 1 ? 'is' : 'are'} new`] : []),
  ];
  return { event: 'warning', message: `readers see other columns from now on: ${parts.join('; ')}` };
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
