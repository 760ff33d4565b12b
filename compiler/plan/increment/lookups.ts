import type { Node, SelectStmt } from '../../expression/ast.ts';
import { type Block, resolveIn } from './block.ts';
import type { IncrementalModel, Unit } from './incremental-model.ts';
import { columnsOf } from './read-model.ts';
import { equals, restrict } from './restrict.ts';
import { columnUnder } from './time-bounds.ts';

/** By what rows of a table are looked up again and again: by whole keys, or by where in time they lie. */
export interface Lookup {
  readonly kind: 'key' | 'range';
  readonly columns: readonly string[];
}

/** By what columns of its inputs the rows of a model's units are looked up there, by input. What an engine may want an index for. */
export function lookupsIn(
  model: IncrementalModel,
  select: SelectStmt,
  unit: Unit,
): ReadonlyMap<string, readonly Lookup[]> {
  const kind = unit.kind === 'key' ? 'key' : 'range';
  const found = new Map<string, Map<string, Lookup>>();
  const add = (table: string, columns: readonly string[]) => {
    const own = found.get(table) ?? new Map<string, Lookup>();
    found.set(table, own.set(columns.join(), { kind, columns }));
  };
  const note = (block: Block, values: readonly Node[]) => {
    const places = values.map((value) => placeOf(value, block, kind));
    const [first] = places;
    if (first?.item.table === undefined || places.some((place) => place?.item !== first.item)) return;
    add(
      first.item.table,
      places.map((place) => place!.column),
    );
    if (kind === 'range' || values.length > 1) return;
    for (const { item, column } of equals(block, values[0]!)) if (item.table !== undefined) add(item.table, [column]);
  };
  const condition = (values: readonly string[]) => `(${values.join(', ')}) is not null`;
  restrict(select, unit.columns, { condition, columnsOf: columnsOf(model), note });
  return new Map([...found].map(([table, lookups]) => [table, [...lookups.values()]]));
}

function placeOf(value: Node, block: Block, kind: Lookup['kind']): ReturnType<typeof resolveIn> {
  const column = kind === 'range' ? columnUnder(value) : value;
  return column && resolveIn(column, block.items);
}
