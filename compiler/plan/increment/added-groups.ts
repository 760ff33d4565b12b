import type { Node, SelectStmt } from '../../expression/ast.ts';
import { walkAst } from '../../expression/walk-ast.ts';
import { writeSql } from '../../expression/write-sql.ts';
import { canonicalType } from '../canonical-type.ts';
import { identifier as id } from '../sql-text.ts';
import { type Block, columnsRead, type Item, readBlock, resolveIn } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import { type Change, logOf, rowsOf } from './changes.ts';
import { groupsOf } from './groups-that-go-on.ts';
import type { IncrementalModel } from './incremental-model.ts';
import { isSetOperation } from './read-from.ts';
import { columnsOf, parseSelect, readSelect } from './read-model.ts';
import { readsModel } from './reads-model.ts';
import { replaceItems } from './restrict.ts';
import type { StoredTypes } from './stored-types.ts';

/** What rows that came add to the groups of a model. */
export interface AddedGroups {
  /** One number: how many rows are fewer than before. Only where it is 0 may groups go on: of rows that went nothing stored tells what is left. */
  readonly gone: string;
  /** The groups of the rows that came alone, with all columns of the model. */
  readonly groups: string;
}

/**
 * How the groups of a model go on by the rows that came, without a look at the rows that they were counted from (a summary delta, as the theory of materialized views has it). Undefined where its query
 * is not such that they do, or where more than one of its inputs changed.
 */
export function addedGroups(
  model: IncrementalModel,
  changes: readonly Change[],
  types: StoredTypes,
): AddedGroups | undefined {
  const read = changes.filter(({ model: name }) => model.inputs.some((input) => input.name === name));
  const [change] = read;
  if (change === undefined || read.length > 1) return undefined;
  try {
    const select = readSelect(model);
    if (groupsOf(model, select, types) === undefined || timesRead(select, change.model) !== 1) return undefined;
    let gone = '';
    const came = overCame(model, select, change, (sql) => {
      gone = sql;
    });
    return { gone, groups: writeSql({ SelectStmt: came }) };
  } catch (error) {
    if (error instanceof CannotTell) return undefined;
    throw error;
  }
}

/** The rows of the groups in a table that `groups` filled: put together with those that stand, which a condition finds. */
export function addedRowsSql(model: IncrementalModel, units: string, isStanding: string, types: StoredTypes): string {
  const ways = groupsOf(model, readSelect(model), types)!;
  const names = ways.map(({ name }) => id(name));
  const typed = ways.map(({ name, type }) => `cast(${id(name)} as ${canonicalType(type)}) as ${id(name)}`);
  const standing = `select ${names.join(', ')} from ${model.name} where ${isStanding}`;
  const both = `${standing} union all select ${typed.join(', ')} from ${units}`;
  const list = ways.map(({ name, by }) => (by === undefined ? `q.${id(name)}` : `${by}(q.${id(name)}) as ${id(name)}`));
  const groups = ways.filter(({ by }) => by === undefined).map(({ name }) => `q.${id(name)}`);
  return `select ${list.join(', ')} from (${both}) as q group by ${groups.join(', ')}`;
}

function timesRead(select: SelectStmt, model: string): number {
  let times = 0;
  walkAst(select, (node) => {
    if ('RangeVar' in node && `${node.RangeVar.schemaname}.${node.RangeVar.relname}` === model) times += 1;
    return true;
  });
  return times;
}

/** The query over the rows that came, in place of all of the input. Each row of it must come of one row there, but for the groups at the top: then what comes is what is added. */
function overCame(
  model: IncrementalModel,
  select: SelectStmt,
  change: Change,
  hear: (gone: string) => void,
): SelectStmt {
  if (isSetOperation(select)) throw new CannotTell('it puts queries together');
  const block = readBlock(select, columnsOf(model));
  const item = block.items.find(
    ({ table, query }) => table === change.model || (query && readsModel(query, change.model)),
  );
  if (item === undefined || item.optional) throw new CannotTell('a row that comes may take the place of an absent one');
  if (block.partitions.length > 0 || block.subqueries.length > 0 || select.distinctClause)
    throw new CannotTell('a row depends on others');
  const query = item.query ? overCameBelow(model, item.query, change, hear) : cameRows(block, item, change, hear);
  const node: Node = { RangeSubselect: { subquery: { SelectStmt: query }, alias: { aliasname: item.alias } } };
  const replaced = new Map([[item.node, node]]);
  // Without a limit an order means nothing, and it may be by columns that are not read otherwise.
  const { sortClause: _, ...rows } = select;
  return { ...rows, fromClause: (select.fromClause ?? []).map((one) => replaceItems(one, replaced)) };
}

function overCameBelow(
  model: IncrementalModel,
  select: SelectStmt,
  change: Change,
  hear: (gone: string) => void,
): SelectStmt {
  if (readBlock(select, columnsOf(model)).groups) throw new CannotTell('it groups what is grouped');
  return overCame(model, select, change, hear);
}

/**
 * Rows are told apart by the columns that the query reads: one that came back otherwise in other columns alone neither came nor went. A raw table keeps what came in itself and does not say since when
 * what went had been there, so that nothing may have gone from it.
 */
function cameRows(block: Block, item: Item, change: Change, hear: (gone: string) => void): SelectStmt {
  const read = columnsRead([
    block.outputs.map(({ value }) => value),
    block.conjuncts.map(({ node }) => node),
    block.groups,
  ])
    .map((node) => resolveIn(node, block.items))
    .flatMap((found) => (found?.item === item ? [found.column] : []));
  const columns = item.columns.filter((name) => read.includes(name));
  const list = (columns.length > 0 ? columns : item.columns.slice(0, 1)).map(id).join(', ');
  if (change.raw) {
    hear(`select count(*) from ${logOf(change.model)} where _build > ${change.seen}`);
    return parseSelect(`select ${list} from ${rowsOf(change.model)} where _batch > ${change.seen}`);
  }
  const copies = `sum(case when _came then 1 else -1 end)`;
  const log = `select ${list}, ${copies} as etalon_copies from ${logOf(change.model)} where _build > ${change.seen} group by ${list} having ${copies} <> 0`;
  hear(`select count(*) from (${log}) as n where n.etalon_copies < 0`);
  return parseSelect(`select ${list} from (${log}) as n cross join generate_series(1, n.etalon_copies) as c (copy)`);
}
