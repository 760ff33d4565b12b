import { isTimezone } from '../../definition/timezone.ts';
import type { Node } from '../../expression/ast.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { CatalogMetric } from '../catalog.ts';
import { columnNode } from '../metric/aggregate-sql.ts';
import { parseCanonical } from '../metric/facts.ts';
import { combineFormula, type Formula, type FormulaAggregate, readFormula, replaceColumns } from '../metric/formula.ts';
import { labelDimensions } from '../metric/label-dimensions.ts';
import { partsOf } from '../metric/parts.ts';

type ColumnOf = (path: readonly string[]) => Node;

/** A column that adds up over periods and groups. */
export interface StoredPart {
  readonly column: string;
  readonly accumulate: (column: ColumnOf) => Node;
  /** Several of it into one, by the column as SQL. */
  readonly merge: (sql: string) => string;
  /** May sums of it be set against each other to the unit? */
  readonly isSum: boolean;
}

/** How a metric is stored: one row per period, group and member, with parts that add up (semantics.md §2). */
export interface PartsShape {
  readonly dimensions: readonly { readonly name: string; readonly path: readonly string[]; readonly column: string }[];
  /** What is counted once only: distinct counts merge by their members. */
  readonly members: readonly { readonly column: string; readonly value: (column: ColumnOf) => Node }[];
  readonly parts: readonly StoredPart[];
  /** The metric's formula over the stored columns, canonical. */
  readonly expression: string;
  /** The same where each period and group of the table is one of the answer: there a single member stands once, and is counted as a row is. Absent: no such formula, or a table of several members. */
  readonly ungrouped?: string;
}

/** Why a metric cannot be stored as parts, or undefined. */
export function whyNotStored(metric: CatalogMetric): string | undefined {
  if (metric.model === undefined || metric.expression === undefined) return 'it is computed from other metrics';
  if (metric.time === undefined) return 'it has no time to be cut by';
  if (metric.ownTimezone !== undefined && !isTimezone(metric.ownTimezone)) return 'its rows carry their own zones';
  const { aggregates } = formulaOf(metric);
  const single = aggregates.find((one) => !isMember(one) && partsOf(one) === undefined);
  return single && `\`${single.name}\` needs all rows at once: it has no parts that could be merged`;
}

/** @throws where `whyNotStored` says why not */
export function partsShape(metric: CatalogMetric, taken: string): PartsShape {
  const formula = formulaOf(metric);
  const members: PartsShape['members'][number][] = [];
  const parts: StoredPart[] = [];
  const alone: { readonly at: number; readonly node: Node }[] = [];
  const combined = formula.aggregates.map((aggregate, at) => {
    if (isMember(aggregate)) {
      const column = `member_${members.length + 1}`;
      members.push({ column, value: memberValue(aggregate) });
      alone.push({ at, node: aggregateOver(aggregate, column, false) });
      return aggregateOver(aggregate, column, true);
    }
    const own = storedParts(aggregate, parts.length);
    parts.push(...own);
    if (aggregate.name === 'count') return parseFragment(own[0]!.merge(own[0]!.column));
    return partsOf(aggregate)!.combine(own.map(({ column }) => columnNode(column)));
  });
  const write = (aggregates: readonly Node[]) =>
    writeExpression(
      combineFormula(
        formula,
        (i) => aggregates[i]!,
        (name) => columnNode(name),
      ),
    );
  const [only, ...more] = alone;
  const ungrouped = only && more.length === 0 ? { ungrouped: write(combined.with(only.at, only.node)) } : {};
  const others = [taken, ...members.map(({ column }) => column), ...parts.map(({ column }) => column)];
  const dimensions = labelDimensions(
    metric.dimensions.map(({ name }) => name),
    others,
  ).map(({ name, path, label }, i) => ({ name, path, column: others.includes(label) ? `dimension_${i + 1}` : label }));
  return { dimensions, members, parts, expression: write(combined), ...ungrouped };
}

function formulaOf(metric: CatalogMetric): Formula {
  return readFormula(parseCanonical(metric.expression!, [])!);
}

function isMember(aggregate: FormulaAggregate): boolean {
  return aggregate.distinct && (aggregate.name === 'count' || aggregate.name === 'sum' || aggregate.name === 'avg');
}

/** What is counted, null where the filter leaves a row out. */
function memberValue({ call }: FormulaAggregate): (column: ColumnOf) => Node {
  return (column) => {
    const value = replaceColumns(call.args![0]!, column);
    if (!call.agg_filter) return value;
    const filter = writeExpression(replaceColumns(call.agg_filter, column));
    return parseFragment(`case when ${filter} then ${writeExpression(value)} end`);
  };
}

/** The aggregate over a stored column, which the filter has been at already. */
function aggregateOver({ call }: FormulaAggregate, column: string, isDistinct: boolean): Node {
  const { agg_filter: _, agg_distinct: _once, ...rest } = call;
  return { FuncCall: { ...rest, ...(isDistinct ? { agg_distinct: true } : {}), args: [columnNode(column)] } };
}

function storedParts(aggregate: FormulaAggregate, before: number): StoredPart[] {
  const ways = aggregate.name === 'avg' ? ['sum', 'count'] : [aggregate.name];
  return partsOf(aggregate)!.accumulate.map((accumulate, i) => ({
    column: `part_${before + i + 1}`,
    accumulate,
    merge: (sql) => (ways[i] === 'count' ? `cast(sum(${sql}) as bigint)` : `${ways[i]}(${sql})`),
    isSum: ways[i] === 'count' || ways[i] === 'sum',
  }));
}
