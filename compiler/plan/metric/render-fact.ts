import { isTimezone } from '../../definition/timezone.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Node } from '../../expression/ast.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { Catalog, CatalogModel } from '../catalog.ts';
import { exclusionSql } from '../exclusion.ts';
import { baseAlias, type Join, resolveColumn } from '../joins.ts';
import { daySql, instantSql, periodSql, startOfDaySql, type TimeColumn } from '../period.ts';
import type { Question } from '../plan-query.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { aggregateNode, columnNode } from './aggregate-sql.ts';
import type { Fact, FactColumn } from './facts.ts';
import { combineFormula, replaceColumns } from './formula.ts';

export interface RenderedFact {
  readonly sql: string;
  readonly reads: readonly string[];
  readonly dimensionTypes: readonly (string | undefined)[];
}

/** A dimension's column in a result is the last part of its name; where that is taken, a dotted one is written out with `_`. `taken`: names of the other columns. */
export function labelDimensions(names: readonly string[], taken: readonly string[]): Question['dimensions'] {
  const paths = names.map((name) => ({ name, path: name.split('.') }));
  const last = (path: readonly string[]) => path[path.length - 1]!;
  return paths.map((d) => {
    const name = last(d.path);
    const isTaken = taken.includes(name) || paths.some((x) => x !== d && last(x.path) === name);
    return { ...d, label: d.path.length > 1 && isTaken ? d.path.join('_') : name };
  });
}

/** One fact as a SELECT: rows of the range before `asOf`, joined along tested keys, grouped by period and dimensions. */
export function renderFact(catalog: Catalog, question: Question, fact: Fact, diagnostics: Diagnostic[]): RenderedFact {
  const model = catalog.models.get(fact.model)!;
  const joins = new Map<string, Join>();
  const find = (path: readonly string[]) => {
    const outcome = resolveColumn(catalog, model, path);
    diagnostics.push(...outcome.diagnostics);
    for (const join of outcome.column?.joins ?? []) joins.set(join.alias, join);
    return outcome.column;
  };
  const column = (path: readonly string[]): Node => {
    const found = find(path);
    return found ? columnNode(found.alias, found.column) : columnNode(...path);
  };
  const text = (path: readonly string[]) => writeExpression(column(path));
  const time = readTime(fact, model, question, find, text, diagnostics);
  const groups: { sql: string; as: string }[] = [];
  if (question.grain && time && !(question.grain === 'hour' && time.type === 'date'))
    groups.push({ sql: periodSql(time, question.grain, catalog.calendar), as: question.grain });
  const dimensionTypes = question.dimensions.map((d) => {
    groups.push({ sql: text(d.path), as: d.label });
    return find(d.path)?.type;
  });
  const predicates = [
    ...(time ? timePredicates(time, question) : []),
    ...(fact.where ? [`(${writeExpression(replaceColumns(fact.where, column))})`] : []),
    ...(question.predicate ? [`(${writeExpression(replaceColumns(question.predicate, column))})`] : []),
    ...fact.exclude.map((e) =>
      exclusionSql(catalog.exclusions.get(e)!, `${baseAlias}.${id(catalog.exclusions.get(e)!.key)}`),
    ),
  ];
  const values = fact.columns.map((c) => `${writeExpression(valueNode(c, column))} as ${id(c.name)}`);
  const select = [...groups.map((g) => `${g.sql} as ${id(g.as)}`), ...values].join(', ');
  const where = predicates.length > 0 ? ` where ${predicates.join(' and ')}` : '';
  const grouping = groups.length > 0 ? ` group by ${groups.map((_, i) => i + 1).join(', ')}` : ' having count(*) > 0';
  const sql = `select ${select} from ${model.name} as ${baseAlias}${[...joins.values()].map(joinSql).join('')}${where}${grouping}`;
  const reads = [
    model.name,
    ...[...joins.values()].map((j) => j.model),
    ...fact.exclude.map((e) => catalog.exclusions.get(e)!.in),
  ];
  return { sql, reads, dimensionTypes };
}

function valueNode(column: FactColumn, resolve: (path: readonly string[]) => Node): Node {
  if ('aggregate' in column.value) return aggregateNode(column.value.aggregate, resolve);
  const formula = column.value.formula;
  return combineFormula(
    formula,
    (i) => aggregateNode(formula.aggregates[i]!, resolve),
    (metric) => columnNode(metric),
  );
}

function joinSql(join: Join): string {
  const on = join.on.map(([from, to]) => `${id(join.alias)}.${id(to)} = ${id(join.from)}.${id(from)}`);
  return ` left join ${join.model} as ${id(join.alias)} on ${on.join(' and ')}`;
}

function readTime(
  fact: Fact,
  model: CatalogModel,
  question: Question,
  find: (path: readonly string[]) => { readonly type?: string } | undefined,
  text: (path: readonly string[]) => string,
  diagnostics: Diagnostic[],
): TimeColumn | undefined {
  const names = fact.columns.map((c) => `\`${c.name}\``).join(', ');
  if (fact.time === undefined) {
    if (question.grain || question.from || question.to) {
      diagnostics.push(
        diagnostic('E1603', `${names} has no time to be cut by`, {
          hints: [`say \`time:\` in the metric, or in \`${model.name}\``],
        }),
      );
    }
    return undefined;
  }
  const type = find([fact.time])?.type;
  if (type !== 'date' && type !== 'timestamp') {
    diagnostics.push(
      diagnostic(
        'E1603',
        `the time of ${names}, \`${fact.time}\` of \`${model.name}\`, is ${type ?? 'of unknown type'}, not a date or timestamp`,
      ),
    );
    return undefined;
  }
  if (type === 'date' && question.grain === 'hour')
    diagnostics.push(diagnostic('E1604', `${names} cannot be cut by \`hour\`: \`${fact.time}\` is a date`));
  const zone = isTimezone(fact.timezone) ? textLiteral(fact.timezone) : text(fact.timezone.split('.'));
  return { sql: text([fact.time]), type, zone };
}

/** The range by the metric's own time, and nothing at or after `asOf`. A row without a time is in no period. */
function timePredicates(time: TimeColumn, question: Question): string[] {
  const byRow = !time.zone.startsWith("'");
  const edge = (day: string) =>
    byRow || time.type === 'date' ? `date '${day}'` : startOfDaySql(`date '${day}'`, time.zone);
  const position = byRow || time.type === 'date' ? daySql(time) : time.sql;
  return [
    ...(question.from ? [`${position} >= ${edge(question.from)}`] : []),
    ...(question.to ? [`${position} < ${edge(question.to)}`] : []),
    `${instantSql(time)} < ${question.asOf}`,
  ];
}
