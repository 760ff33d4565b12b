import type { ColumnType } from '../../definition/type-name.ts';
import { functionName, type Node, type SelectStmt } from '../../expression/ast.ts';
import type { ExpressionType } from '../../expression/contract.ts';
import { inferTypes } from '../../expression/infer-select.ts';
import { languageType } from '../../expression/sql-type.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { isCarried, readBlock } from './block.ts';
import type { IncrementalModel } from './incremental-model.ts';
import { isSetOperation } from './read-from.ts';
import { columnsOf } from './read-model.ts';
import { isStoredAs, type StoredTypes } from './stored-types.ts';

/** A column of a model that groups. */
export interface GroupColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The aggregate that puts two values of a group together; absent: the groups go by it. */
  readonly by?: string;
}

const putTogether: Readonly<Record<string, string>> = { count: 'sum', sum: 'sum', min: 'min', max: 'max' };

/**
 * The columns of a query of which stored groups and groups of further rows can be put together to what all rows would yield: whatever it groups by stands in its rows, and the rest are counts, sums of
 * exact numbers, least and greatest values, stored as they were computed. Undefined for others.
 */
export function groupsOf(
  model: IncrementalModel,
  select: SelectStmt,
  { shapeOf, own }: StoredTypes,
): readonly GroupColumn[] | undefined {
  if (isSetOperation(select) || select.havingClause) return undefined;
  const block = readBlock(select, columnsOf(model));
  if (!block.groups || block.groups.length === 0) return undefined;
  const targets = (select.targetList ?? []).flatMap((node) => ('ResTarget' in node ? (node.ResTarget.val ?? []) : []));
  const types = inferTypes({ SelectStmt: select }, shapeOf);
  const columns = block.outputs.map(({ name, value }, i): GroupColumn | undefined => {
    const node = targets[i];
    const type = own.get(name);
    if (!node || !type) return undefined;
    const typeOf = (one: Node | undefined) => one && languageType(types.get(one));
    if (isCarried(value, block)) return isStoredAs(typeOf(node), type) ? { name, type } : undefined;
    const by = wayOf(node, type, typeOf);
    return by === undefined ? undefined : { name, type, by };
  });
  if (targets.length !== block.outputs.length || !columns.every((column) => column !== undefined)) return undefined;
  const carried = new Set(columns.flatMap(({ name, by }) => (by === undefined ? [name] : [])));
  const texts = new Set(
    block.outputs.filter(({ name }) => carried.has(name)).map(({ value }) => writeExpression(value)),
  );
  const isWhole = block.groups.every((group) => texts.has(writeExpression(group)));
  return isWhole && model.key.every((name) => carried.has(name)) ? columns : undefined;
}

function wayOf(
  node: Node,
  stored: ColumnType,
  typeOf: (node: Node | undefined) => ExpressionType | undefined,
): string | undefined {
  if (!('FuncCall' in node)) return undefined;
  const { over, agg_distinct, agg_order, agg_within_group, args } = node.FuncCall;
  if (over || agg_distinct || agg_order || agg_within_group) return undefined;
  const name = functionName(node.FuncCall);
  const type = name === 'count' ? ({ name: 'integer' } as const) : typeOf(args?.[0]);
  // A sum of doubles depends on the order in which they are added.
  if (name === 'sum' && type?.name === 'double') return undefined;
  return isStoredAs(type, stored) ? putTogether[name] : undefined;
}
