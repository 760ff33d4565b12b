import { isTimezone } from '../../definition/timezone.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { type Catalog, type CatalogMetric, withRows } from '../catalog.ts';
import type { Fact } from '../metric/facts.ts';
import { renderFact } from '../metric/render-fact.ts';
import { takeApart } from '../metric/value.ts';
import { instantSql } from '../period.ts';
import type { Question } from '../plan-query.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { ConditionSql } from './did.ts';
import type { MetricCondition } from './rule.ts';
import { amongSql, noteReads, population, type SegmentSetting } from './setting.ts';
import { beforeCutSql } from './window.ts';

const owner = 'of_entity';

/** For each entity, by its own rows, what a question to metrics is cut by. */
export function questionOf({ segment, asOf }: Pick<SegmentSetting, 'segment' | 'asOf'>, metric: string): Question {
  const dimensions = [{ name: segment.key, path: [segment.key], label: owner }];
  return { metrics: [metric], by: [], order: [], asOf, dimensions };
}

/** A metric of each entity's own rows. Who has none has no value, which is unknown, unless the metric is filled with 0. */
export function metricSql(setting: SegmentSetting, condition: MetricCondition): ConditionSql {
  const { catalog, diagnostics, tables } = setting;
  const metric = catalog.metrics.get(condition.metric)!;
  const question = questionOf(setting, metric.name);
  const { facts, values } = takeApart(catalog, question, [metric], diagnostics);
  const joins = facts.map((fact, i) => {
    const rendered = renderFact(
      ofThose(setting, fact),
      { ...question, ...since(setting, condition, fact) },
      fact,
      diagnostics,
    );
    noteReads(setting, rendered.reads);
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

/** The catalog in which the fact's rows are those of the entities that are looked at. */
function ofThose(setting: SegmentSetting, { model: name }: Fact): Catalog {
  const { catalog, segment } = setting;
  const those = amongSql(setting, id(segment.key));
  if (those.length === 0) return catalog;
  const model = catalog.models.get(name)!;
  const columns = model.columns.map((column) => id(column.name)).join(', ');
  return withRows(catalog, model, `select ${columns} from ${name} where ${those.join(' and ')}`);
}

function isFilled({ fill }: CatalogMetric): boolean {
  return fill === '0';
}

/** The window, by the time that the metric is cut by. */
function since(setting: SegmentSetting, { within }: MetricCondition, fact: Fact): Pick<Question, 'predicate'> {
  const at = timeOf(setting, fact);
  if (within === undefined || at === undefined) return {};
  return { predicate: parseFragment(`${at} >= ${beforeCutSql(setting, within)}`) };
}

/** The instant of a fact's rows, as SQL over its own columns; undefined where nothing cuts it. */
export function timeOf(
  { catalog }: Pick<SegmentSetting, 'catalog'>,
  { model, time, timezone }: Pick<Fact, 'model' | 'time' | 'timezone'>,
): string | undefined {
  if (time === undefined) return undefined;
  const column = catalog.models.get(model)!.columns.find(({ name }) => name === time);
  const zone = isTimezone(timezone) ? textLiteral(timezone) : timezone;
  return instantSql({ sql: id(time), type: column?.type === 'date' ? 'date' : 'timestamp', zone });
}
