import type { SelectStmt } from '../../expression/ast.ts';
import { type Block, type Conjunct, columnsRead, type Item, isCarried, isSafe, readBlock, resolveIn } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import type { Delta } from './delta.ts';
import { findPath } from './path.ts';
import { isSetOperation, outputNames } from './read-from.ts';

/** No item. */
export const nothing: ReadonlySet<Item> = new Set();

/**
 * Subqueries of which it is enough to read the rows as they are now, whatever their columns are computed from: where a row of theirs changed too, what it touches is found from the
 * subquery itself, since its own way to the wanted items needs none of such columns.
 */
export function knownByThemselves(
  block: Block,
  wanted: readonly Item[],
  changed: Item,
  delta: Delta,
): ReadonlySet<Item> {
  const alone = block.items.filter((item) => {
    if (!item.query || item.optional || item === changed) return false;
    return findConnection(block, [...new Set([item, ...wanted])], usableOf(block, item, delta, nothing)) !== undefined;
  });
  return new Set(alone);
}

export function usableOf(
  block: Block,
  changed: Item | undefined,
  delta: Delta,
  asItIs: ReadonlySet<Item>,
): readonly Conjunct[] {
  return block.conjuncts.filter((conjunct) => isUsable(conjunct, changed, delta, asItIs));
}

/** Items that are read besides: enough to join the first of them to all others. */
export function connect(
  block: Block,
  needed: readonly Item[],
  cause: string,
  delta: Delta,
  changed?: Item,
  asItIs: ReadonlySet<Item> = nothing,
): readonly Item[] {
  const usable = usableOf(block, changed, delta, asItIs);
  const included = findConnection(block, needed, usable);
  if (included) return included;
  const [first, ...others] = needed;
  const apart = others.find((item) => !findPath(first!, item, usable))!;
  const names = `\`${first!.alias}\` and \`${apart.alias}\``;
  throw new CannotTell(`nothing says how ${names} belong together, where \`${cause}\` is read`);
}

export function findConnection(
  block: Block,
  needed: readonly Item[],
  usable: readonly Conjunct[],
): readonly Item[] | undefined {
  const included = new Set(needed);
  const [first, ...others] = needed;
  for (const item of others) {
    const path = findPath(first!, item, usable);
    if (!path) return undefined;
    for (const step of path) included.add(step);
  }
  return block.items.filter((item) => included.has(item));
}

function isUsable(conjunct: Conjunct, changed: Item | undefined, delta: Delta, asItIs: ReadonlySet<Item>): boolean {
  const items = [...conjunct.items];
  if (items.length === 0 || !isSafe(conjunct, changed)) return false;
  return columnsRead(conjunct.node).every((column) => {
    const found = resolveIn(column, items);
    return found !== undefined && (asItIs.has(found.item) || isKnownColumn(found.item, found.column, delta));
  });
}

/** Is the column one whose past values can be found, too? */
export function isKnownColumn(item: Item, column: string, delta: Delta): boolean {
  if (item.table !== undefined) return true;
  return isCarriedOutput(item.query!, column, delta);
}

function isCarriedOutput(select: SelectStmt, column: string, delta: Delta): boolean {
  if (isSetOperation(select)) {
    const at = outputNames(select, delta.columnsOf).indexOf(column);
    return [select.larg, select.rarg].every((arm) => {
      const name = arm && outputNames(arm, delta.columnsOf)[at];
      return arm !== undefined && name !== undefined && isCarriedOutput(arm, name, delta);
    });
  }
  const block = readBlock(select, delta.columnsOf);
  const output = block.outputs.find((one) => one.name === column);
  if (!output || !isCarried(output.value, block)) return false;
  return columnsRead(output.value).every((read) => {
    const found = resolveIn(read, block.items);
    return found === undefined || (!found.item.optional && isKnownColumn(found.item, found.column, delta));
  });
}
