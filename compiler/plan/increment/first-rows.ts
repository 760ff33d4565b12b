import { functionName, type Node, nameParts, type SelectStmt } from '../../expression/ast.ts';
import { inferTypes } from '../../expression/infer-select.ts';
import { languageType } from '../../expression/sql-type.ts';
import { walkAst } from '../../expression/walk-ast.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { identifier as id } from '../sql-text.ts';
import { affected } from './affected.ts';
import { type Block, readBlock, resolveIn } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import type { Change } from './changes.ts';
import type { IncrementalModel } from './incremental-model.ts';
import { isSetOperation } from './read-from.ts';
import { columnsOf, readSelect } from './read-model.ts';
import { isStoredAs, type StoredTypes } from './stored-types.ts';

/**
 * Of a query that keeps the first row of each key (`row_number() … = 1`: a first purchase, a deduplication): the keys whose first row may be another now, as SQL with the key's columns. A row that came or went
 * behind the one that stands changes nothing, and most come behind it: later. Undefined for other queries, and where the table does not have what rows are ordered by.
 */
export function firstRowKeys(
  model: IncrementalModel,
  key: readonly string[],
  changes: readonly Change[],
  types: StoredTypes,
): string | undefined {
  try {
    const first = readFirst(model, key, types);
    if (first === undefined) return undefined;
    const delta = { columnsOf: columnsOf(model), changes: new Map(changes.map((change) => [change.model, change])) };
    const names = [...key, rank];
    const parts = changes.flatMap((change) => affected(first.rows, names, change.model, delta) ?? []);
    if (parts.length === 0) return undefined;
    const list = key.map((name) => `t.${id(name)} as ${id(name)}`).join(', ');
    const same = key.map((name) => `s.${id(name)} = t.${id(name)}`).join(' and ');
    // Without a row that stands, and where either lacks a value, nothing is behind.
    const isBehind = `t.${id(rank)} ${first.isDescending ? '<' : '>'} s.${id(first.column)}`;
    return `select distinct ${list} from (${parts.join(' union ')}) as t left join ${model.name} as s on ${same} where (${isBehind}) is not true`;
  } catch (error) {
    if (error instanceof CannotTell) return undefined;
    throw error;
  }
}

/** What the first row is chosen by, as rows of changes have it. */
const rank = 'etalon_place';

interface First {
  /** The rows that are numbered: their key, and what they are ordered by first. */
  readonly rows: SelectStmt;
  /** The column of the model that has it. */
  readonly column: string;
  readonly isDescending: boolean;
}

const ordered: ReadonlySet<string> = new Set(['integer', 'decimal', 'date', 'timestamp']);

function readFirst(model: IncrementalModel, key: readonly string[], { shapeOf, own }: StoredTypes): First | undefined {
  const select = readSelect(model);
  if (isSetOperation(select)) return undefined;
  const around = readBlock(select, columnsOf(model));
  const [item] = around.items;
  const query = item?.query;
  if (around.items.length > 1 || !query || isSetOperation(query) || !isPlain(around)) return undefined;
  const numbered = readBlock(query, columnsOf(model));
  const window = findWindow(query, numbered, around);
  if (!window || numbered.groups || numbered.subqueries.length > 0 || query.distinctClause) return undefined;
  const by = window.order[0];
  if (!by) return undefined;
  // A column of the model, as the rows that are numbered have it.
  const below = (name: string) => {
    const value = around.outputs.find((output) => output.name === name)?.value;
    const found = value && resolveIn(value, around.items);
    return numbered.outputs.find((output) => output.name === found?.column)?.value;
  };
  const texts = key.map((name) => below(name)).map((value) => value && writeExpression(value));
  const cut = window.partition.map(writeExpression);
  if (!cut.every((text) => texts.includes(text)) || !texts.every((text) => text && cut.includes(text)))
    return undefined;
  const column = [...own.keys()].find((name) => {
    const value = below(name);
    return value && writeExpression(value) === writeExpression(by.value);
  });
  const type = languageType(inferTypes({ SelectStmt: select }, shapeOf).get(by.node));
  if (column === undefined || !type || !ordered.has(type.name) || !isStoredAs(type, own.get(column)!)) return undefined;
  const target = (name: string, val: Node): Node => ({ ResTarget: { name, val } });
  const { fromClause, whereClause } = query;
  const rows: SelectStmt = {
    targetList: [...key.map((name) => target(name, below(name)!)), target(rank, by.value)],
    ...(fromClause ? { fromClause } : {}),
    ...(whereClause ? { whereClause } : {}),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return { rows, column, isDescending: by.isDescending };
}

function isPlain({ select, groups, partitions, subqueries }: Block): boolean {
  return !groups && partitions.length === 0 && subqueries.length === 0 && !select.distinctClause;
}

interface Window {
  readonly partition: readonly Node[];
  /** Each as it is written, and with its table said. */
  readonly order: readonly { readonly node: Node; readonly value: Node; readonly isDescending: boolean }[];
}

/** The one window of the numbered rows, where the query around asks for number 1. */
function findWindow(query: SelectStmt, numbered: Block, around: Block): Window | undefined {
  const asked = around.conjuncts.flatMap(({ node }) => columnThatIsOne(node, around) ?? []);
  const place = numbered.outputs.find(({ name }) => asked.includes(name));
  const target = query.targetList?.find((node) => 'ResTarget' in node && node.ResTarget.name === place?.name);
  const written = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
  const full = place?.value;
  // Another one, though cut by the same columns, sees the rows behind the first.
  if (numbered.partitions.length !== 1 || countWindows(query) !== 1) return undefined;
  if (!written || !full || !('FuncCall' in written) || !('FuncCall' in full)) return undefined;
  if (functionName(written.FuncCall) !== 'row_number') return undefined;
  const [over, fullOver] = [written.FuncCall.over, full.FuncCall.over];
  if (!over?.orderClause || !fullOver?.partitionClause || over.refname || over.name) return undefined;
  const order = over.orderClause.flatMap((sort, i) => {
    const other = fullOver.orderClause?.[i];
    if (!('SortBy' in sort) || !other || !('SortBy' in other) || !sort.SortBy.node || !other.SortBy.node) return [];
    return [
      {
        node: sort.SortBy.node,
        value: other.SortBy.node,
        isDescending: sort.SortBy.sortby_dir === 'SORTBY_DESC',
      },
    ];
  });
  return { partition: fullOver.partitionClause, order };
}

function countWindows({ targetList, sortClause }: SelectStmt): number {
  let windows = 0;
  walkAst([targetList, sortClause], (node) => {
    if ('FuncCall' in node && node.FuncCall.over) windows += 1;
    return true;
  });
  return windows;
}

/** `place` of `r.place = 1` */
function columnThatIsOne(node: Node, block: Block): string | undefined {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP' || nameParts(node.A_Expr.name).join() !== '=')
    return undefined;
  const { lexpr, rexpr } = node.A_Expr;
  if (!lexpr || !rexpr || !('A_Const' in rexpr) || rexpr.A_Const.ival?.ival !== 1) return undefined;
  return resolveIn(lexpr, block.items)?.column;
}
