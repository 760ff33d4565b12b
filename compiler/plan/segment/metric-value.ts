import { isTimezone } from '../../definition/timezone.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { CatalogMetric } from '../catalog.ts';
import type { Fact } from '../metric/facts.ts';
import { renderFact } from '../metric/render-fact.ts';
import { takeApart } from '../metric/value.ts';
import { instantSql } from '../period.ts';
import type { Question } from '../plan-query.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { ConditionSql } from './did.ts';
import type { MetricCondition } from './rule.ts';
import { population, type SegmentSetting } from './setting.ts';
import { beforeCutSql } from './window.ts';

const owner = 'of_entity';

/** A metric of each entity's own rows. Who has none has no value, which is unknown, unless the metric is filled with 0. */
export function metricSql(setting: SegmentSetting, condition: MetricCondition): ConditionSql {
  const { catalog, segment, asOf, diagnostics, tables, reads } = setting;
  const metric = catalog.metrics.get(condition.metric)!;
  const question: Question = {
    metrics: [metric.name],
    by: [],
    order: [],
    asOf,
    dimensions: [{ name: segment.key, path: [segment.key], label: owner }],
  };
  const { facts, values } = takeApart(catalog, question, [metric], diagnostics);
  const joins = facts.map((fact, i) => {
    const rendered = renderFact(catalog, { ...question, ...since(setting, condition, fact) }, fact, diagnostics);
    for (const model of rendered.reads) reads.add(model);
    return ` left join (${rendered.sql}) as fact_${i + 1} on fact_${i + 1}.${owner} = ${population}.entity`;
  });
  const value = writeExpression(values[0]!);
  const filled = isFilled(metric) ? `coalesce(${value}, 0)` : value;
  const table = tables.add(
    'metric',
    `select ${population}.entity, ${filled} as value from ${population}${joins.join('')}`,
  );
  return {
    sql: `(${table}.value ${condition.operator} ${condition.number})`,
    tables: [table],
    values: [{ name: metric.name, sql: `${table}.value`, type: metric.type }],
  };
}

function isFilled({ fill }: CatalogMetric): boolean {
  return fill === '0';
}

/** The window, by the time that the metric is cut by. */
function since(
  setting: SegmentSetting,
  { within }: MetricCondition,
  { model, time, timezone }: Fact,
): Pick<Question, 'predicate'> {
  if (within === undefined || time === undefined) return {};
  const column = setting.catalog.models.get(model)!.columns.find(({ name }) => name === time);
  const type = column?.type === 'date' ? 'date' : 'timestamp';
  const zone = isTimezone(timezone) ? textLiteral(timezone) : timezone;
  const at = instantSql({ sql: id(time), type, zone });
  return { predicate: parseFragment(`${at} >= ${beforeCutSql(setting, within)}`) };
}
