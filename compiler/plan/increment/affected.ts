import type { Node, SelectStmt } from '../../expression/ast.ts';
import { writeExpression, writeFrom, writeSql } from '../../expression/write-sql.ts';
import { identifier as id } from '../sql-text.ts';
import { type Block, columnsRead, type Item, isCarried, itemsOf, readBlock, resolveIn, type SubLink } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import { changedRows } from './changes.ts';
import { connect, findConnection, isKnownColumn, knownByThemselves, nothing, usableOf } from './connect.ts';
import type { Delta } from './delta.ts';
import { mayAnswerOtherwise, memberOf } from './member.ts';
import { isSetOperation, outputNames } from './read-from.ts';
import { readsModel } from './reads-model.ts';
import { tieOfIn, tiesOfCorrelated } from './ties.ts';

/**
 * The values of `columns` in those rows of a query that may have come or gone because `cause` changed, as SQL with the columns under their names; undefined where the query does
 * not read `cause`. `select` has its CTEs inlined.
 *
 * @throws CannotTell where the query does not say
 */
export function affected(
  select: SelectStmt,
  columns: readonly string[],
  cause: string,
  delta: Delta,
): string | undefined {
  if (!readsModel(select, cause)) return undefined;
  if (isSetOperation(select)) return affectedArms(select, columns, cause, delta);
  const block = readBlock(select, delta.columnsOf);
  return affectedRows(
    block,
    columns.map((name) => carriedOutput(block, name)),
    columns,
    cause,
    delta,
  );
}

function affectedArms(select: SelectStmt, columns: readonly string[], cause: string, delta: Delta): string | undefined {
  if (select.limitCount || select.limitOffset) throw new CannotTell('`limit` chooses among all its rows');
  const names = outputNames(select, delta.columnsOf);
  const arms = [select.larg, select.rarg].flatMap((arm) => {
    if (!arm || !readsModel(arm, cause)) return [];
    // Columns of a set operation go by place, and are named by its first query.
    const own = outputNames(arm, delta.columnsOf);
    const theirs = columns.map((name) => own[names.indexOf(name)] ?? name);
    const sql = affected(arm, theirs, cause, delta);
    if (sql === undefined) return [];
    return [`select ${theirs.map((name, i) => `${id(name)} as ${id(columns[i]!)}`).join(', ')} from (${sql}) as arm`];
  });
  return union(arms);
}

function union(parts: readonly string[]): string | undefined {
  return parts.length === 0 ? undefined : parts.join(' union ');
}

function carriedOutput(block: Block, name: string): Node {
  const output = block.outputs.find((one) => one.name === name);
  if (!output) throw new CannotTell(`it yields no column \`${name}\``);
  if (!isCarried(output.value, block))
    throw new CannotTell(`its column \`${name}\` is computed from many rows at once`);
  return output.value;
}

/** Values of expressions over the block's FROM in the rows that `cause` touches: directly, or by way of a window that they share with such a row. */
export function affectedRows(
  block: Block,
  values: readonly Node[],
  names: readonly string[],
  cause: string,
  delta: Delta,
): string | undefined {
  const parts = [...directParts(block, values, names, cause, delta)];
  for (const partition of block.partitions) {
    if (partition.length === 0) throw new CannotTell('a window runs over all its rows');
    const cut = partition.map(writeExpression);
    if (values.every((value) => isMadeOf(value, cut))) continue;
    if (!partition.every((value) => isCarried(value, block))) throw new CannotTell('a window is cut by an aggregate');
    const keys = cut.map((_, i) => `p${i + 1}`);
    const touched = union(directParts(block, partition, keys, cause, delta));
    if (touched === undefined) continue;
    delta.note?.(`window: through all rows that share a window (by ${cut.join(', ')}) with them`);
    const included = connect(block, [...itemsOf([values, partition], block.items)], cause, delta);
    parts.push(
      selectFrom(block, included, values, names, { values: partition, query: touched, keys }, undefined, cause, delta),
    );
  }
  return union(parts);
}

/** Is the value a function of the others? */
export function isMadeOf(value: Node, texts: readonly string[]): boolean {
  if (texts.includes(writeExpression(value))) return true;
  return columnsRead(value).every((column) => texts.includes(writeExpression(column)));
}

function directParts(
  block: Block,
  values: readonly Node[],
  names: readonly string[],
  cause: string,
  delta: Delta,
): readonly string[] {
  const wanted = [...itemsOf(values, block.items)];
  for (const item of wanted) {
    if (item.optional)
      throw new CannotTell(`what it goes by comes from \`${item.alias}\`, which may have no row there`);
  }
  const parts: string[] = [];
  for (const item of block.items) {
    if (item.table !== cause && !(item.query && readsModel(item.query, cause))) continue;
    const needed = [...new Set([item, ...wanted])];
    const path = findConnection(block, needed, usableOf(block, item, delta, nothing));
    const asItIs = path ? nothing : knownByThemselves(block, wanted, item, delta);
    const included = path ?? connect(block, needed, cause, delta, item, asItIs);
    noteJoin(item, wanted, delta);
    parts.push(selectFrom(block, included, values, names, undefined, item, cause, delta, asItIs));
  }
  for (const subquery of block.subqueries) {
    if (!readsModel(subquery, cause)) continue;
    delta.note?.('subquery: through the subquery that reads it');
    parts.push(throughSubquery(block, subquery, values, names, cause, delta));
  }
  return parts;
}

function noteJoin(item: Item, wanted: readonly Item[], delta: Delta): void {
  const others = wanted.filter((one) => one !== item).map((one) => `\`${one.table ?? one.alias}\``);
  if (others.length > 0) delta.note?.(`join: through the rows of ${others.join(', ')} that they join`);
}

/** Rows whose values are among those of a query. */
interface Among {
  readonly values: readonly Node[];
  readonly query: string;
  readonly keys: readonly string[];
  /** An IN: where a null is on either side, its answer depends on all that is in the set. */
  readonly asIn?: boolean;
}

function amongSql({ values, query, keys, asIn }: Among): string {
  const texts = values.map(writeExpression);
  return asIn ? mayAnswerOtherwise(texts[0]!, query, keys[0]!) : memberOf(texts, query, keys);
}

function selectFrom(
  block: Block,
  included: readonly Item[],
  values: readonly Node[],
  names: readonly string[],
  among: Among | undefined,
  changed: Item | undefined,
  cause: string,
  delta: Delta,
  asItIs: ReadonlySet<Item> = nothing,
): string {
  const inside = new Set(included);
  const usable = usableOf(block, changed, delta, asItIs).filter((conjunct) =>
    [...conjunct.items].every((item) => inside.has(item)),
  );
  const from = included.map((item) => {
    const read = columnsOfItem(
      item,
      [...values, ...(among?.values ?? []), ...usable.map(({ node }) => node)],
      block.items,
    );
    if (item === changed) return `(${changedItem(item, read, cause, delta)}) as ${id(item.alias)}`;
    return asItIs.has(item) && !read.every((column) => isKnownColumn(item, column, delta))
      ? writeFrom(item.node)
      : presentItem(item, read, delta);
  });
  const list = values.map((value, i) => `${writeExpression(value)} as ${id(names[i]!)}`).join(', ') || '1 as one';
  const where = [...usable.map(({ node }) => `(${writeExpression(node)})`), ...(among ? [amongSql(among)] : [])];
  return `select distinct ${list} from ${from.join(' cross join ')}${where.length > 0 ? ` where ${where.join(' and ')}` : ''}`;
}

/** Columns of an item that the query around reads. */
function columnsOfItem(item: Item, nodes: readonly Node[], items: readonly Item[]): readonly string[] {
  const names = columnsRead(nodes).flatMap((column) => {
    const found = resolveIn(column, items);
    return found?.item === item ? [found.column] : [];
  });
  return [...new Set(names)].sort();
}

function changedItem(item: Item, columns: readonly string[], cause: string, delta: Delta): string {
  if (item.table !== undefined)
    return changedRows(delta.changes.get(cause)!, columns.length > 0 ? columns : item.columns.slice(0, 1));
  const sql = affected(item.query!, columns, cause, delta);
  if (sql === undefined) throw new Error('the query reads what changed');
  return sql;
}

/** Rows as they are now and, where they changed too, as they were. */
function presentItem(item: Item, columns: readonly string[], delta: Delta): string {
  const alias = id(item.alias);
  if (item.table !== undefined) {
    const change = delta.changes.get(item.table);
    if (!change) return writeFrom(item.node);
    const list = columns.map(id).join(', ') || id(item.columns[0]!);
    return `(select ${list} from ${tableName(item.table)} union all ${changedRows(change, columns.length > 0 ? columns : item.columns.slice(0, 1))}) as ${alias}`;
  }
  const past = [...delta.changes.keys()].flatMap((model) => affected(item.query!, columns, model, delta) ?? []);
  if (past.length === 0) return writeFrom(item.node);
  const list = columns.map(id).join(', ');
  const now = `select ${list} from (${writeSql({ SelectStmt: item.query! })}) as now`;
  return `(${[now, ...past.map((sql) => `select ${list} from (${sql}) as past`)].join(' union all ')}) as ${alias}`;
}

function tableName(model: string): string {
  return model.split('.').map(id).join('.');
}

/** Rows whose subquery reads `cause`: found by what ties the subquery to its row. */
function throughSubquery(
  block: Block,
  subquery: SubLink,
  values: readonly Node[],
  names: readonly string[],
  cause: string,
  delta: Delta,
): string {
  const inner = subquery.subselect && 'SelectStmt' in subquery.subselect ? subquery.subselect.SelectStmt : undefined;
  if (!inner || isSetOperation(inner)) throw new CannotTell(`a subquery over \`${cause}\` is a set operation`);
  const ties =
    subquery.subLinkType === 'ANY_SUBLINK'
      ? tieOfIn(block, subquery, inner, delta)
      : tiesOfCorrelated(block, inner, cause, delta);
  const keys = ties.map((_, i) => `k${i + 1}`);
  const {
    outer,
    local,
    values: innerValues,
  } = { outer: ties.map((tie) => tie.outer), local: ties[0]!.local, values: ties.map((tie) => tie.inner) };
  const touched = affectedRows(local, innerValues, keys, cause, delta);
  if (touched === undefined) throw new Error('the subquery reads what changed');
  const included = connect(block, [...itemsOf([values, outer], block.items)], cause, delta);
  return selectFrom(
    block,
    included,
    values,
    names,
    { values: outer, query: touched, keys, asIn: subquery.subLinkType === 'ANY_SUBLINK' },
    undefined,
    cause,
    delta,
  );
}
