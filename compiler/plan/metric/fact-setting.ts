import type { Node } from '../../expression/ast.ts';
import type { Catalog } from '../catalog.ts';
import { daySql, instantSql, startOfDaySql, type TimeColumn } from '../period.ts';
import type { Question } from '../plan-query.ts';
import { columnNode } from './aggregate-sql.ts';
import type { FactRows } from './fact-rows.ts';
import type { Fact, FactColumn } from './facts.ts';
import { combineFormula, type FormulaAggregate } from './formula.ts';

/** What it takes to write one fact. */
export interface FactSetting {
  readonly catalog: Catalog;
  readonly question: Question;
  readonly fact: Fact;
  readonly rows: FactRows;
  readonly dimensions: readonly { readonly sql: string; readonly as: string }[];
  readonly time?: TimeColumn;
}

export function aggregatesOf(column: FactColumn): readonly FormulaAggregate[] {
  return 'aggregate' in column.value ? [column.value.aggregate] : column.value.formula.aggregates;
}

/** A column's value, each of its aggregates replaced. */
export function columnValue(column: FactColumn, aggregate: (i: number) => Node): Node {
  return 'aggregate' in column.value
    ? aggregate(0)
    : combineFormula(column.value.formula, aggregate, (metric) => columnNode(metric));
}

/** Nothing at or after `asOf`. A row without a time is in no period. */
export function beforeAsOf(time: TimeColumn, question: Question): string {
  return `${instantSql(time)} < ${question.asOf}`;
}

/** The range by the metric's own time. */
export function rangePredicates(time: TimeColumn, question: Question): string[] {
  const byRow = !time.zone.startsWith("'");
  const edge = (day: string) =>
    byRow || time.type === 'date' ? `date '${day}'` : startOfDaySql(`date '${day}'`, time.zone);
  const position = byRow || time.type === 'date' ? daySql(time) : time.sql;
  return [
    ...(question.from ? [`${position} >= ${edge(question.from)}`] : []),
    ...(question.to ? [`${position} < ${edge(question.to)}`] : []),
    beforeAsOf(time, question),
  ];
}
