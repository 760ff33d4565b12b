import {
  quoteIdentifier as id,
  type Manifest,
  type ManifestMetric,
  type QueryPlan,
  qualify,
} from '../../compiler/index.ts';
import type { MetricRows } from '../../docs-site/index.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import { openResultCache } from '../project/result-cache.ts';
import type { Unread } from './collect-unread.ts';
import { keyOfValues } from './key-of-values.ts';
import type { ValuesSource } from './read-metric-values.ts';

/** For each metric over rows of a model how many of them count, and what takes the others away. Metrics of one model, condition and exclusions share a question. */
export async function readMetricRows(source: ValuesSource, unread: Unread): Promise<MetricRows[]> {
  const { project, target, history } = source;
  const { manifest } = project;
  const cache = openResultCache<Counts>(project.folder, 'metric-rows');
  const asked = new Map<string, Promise<Counts>>();
  const found: MetricRows[] = [];
  for (const metric of manifest.metrics) {
    const plan = planCount(source, metric);
    if (!plan) continue;
    const key = keyOfValues(metric, history, [manifest.project.name, manifest.etalon, target]);
    const counting = asked.get(plan.sql) ?? Promise.resolve(cache.find(key) ?? countRows(source, plan));
    asked.set(plan.sql, counting);
    const counts = await unread.read(metric, () => counting);
    if (!counts) continue;
    cache.keep(key, counts);
    found.push({ metric: metric.name, ...nameCounts(metric, counts) });
  }
  cache.save();
  return found;
}

/** In the order of the columns of `planCount`. */
type Counts = readonly number[];

async function countRows({ project, engine, target }: ValuesSource, plan: QueryPlan): Promise<Counts> {
  const { rows } = await queryTarget({ manifest: project.manifest, engine, plan, target: target.name });
  return (rows[0] ?? []).map(Number);
}

function nameCounts({ exclude }: ManifestMetric, counts: Counts): Omit<MetricRows, 'metric'> {
  const [all = 0, wanted = 0, timed = 0, ...each] = counts;
  const [alone, left] = [each.slice(0, exclude.length), each.slice(exclude.length)];
  return {
    all,
    filtered: all - wanted,
    exclusions: exclude.map((name, i) => ({
      name,
      rows: alone[i] ?? 0,
      removed: (left[i - 1] ?? wanted) - (left[i] ?? wanted),
    })),
    untimed: (left.at(-1) ?? wanted) - timed,
    counted: timed,
  };
}

/** Undefined where a count would need more than the metric's own model, or what it reads is not built. */
function planCount({ project: { manifest }, history }: ValuesSource, metric: ManifestMetric): QueryPlan | undefined {
  const model = manifest.models.find(({ name }) => name === metric.model);
  if (!metric.computed || !model) return undefined;
  const exclusions = metric.exclude.flatMap(
    (name) => manifest.project.exclusions.find((each) => each.name === name) ?? [],
  );
  const reads = [...new Set([model.name, ...exclusions.map((exclusion) => exclusion.in)])].sort();
  const isBuilt = reads.every((name) => history.models[name]?.relation !== undefined);
  const throughRelation = model.relations.some(({ name }) => metric.where?.includes(`${name}.`));
  if (!isBuilt || throughRelation) return undefined;
  const columns = Array.from({ length: 3 + 2 * exclusions.length }, (_, i): QueryPlan['columns'][number] => ({
    name: `n_${i}`,
    type: 'integer',
    role: 'metric',
  }));
  return { kind: 'query-plan', sql: countSql(metric, model.name, exclusions), columns, reads };
}

/** All rows, those that are wanted, those that count; then for each exclusion what it takes alone; then what it and those before it leave. */
function countSql(metric: ManifestMetric, model: string, exclusions: Manifest['project']['exclusions']): string {
  const taken = exclusions.map((_, i) => `e${i}.excluded_key is not null`);
  const leftBy = (count: number) =>
    taken
      .slice(0, count)
      .map((one) => ` and not (${one})`)
      .join('');
  const counts = [
    'true',
    'r.is_wanted',
    `r.is_wanted and r.is_timed${leftBy(taken.length)}`,
    ...taken.map((one) => `r.is_wanted and ${one}`),
    ...taken.map((_, i) => `r.is_wanted${leftBy(i + 1)}`),
  ];
  const rows = [
    `${metric.where === undefined ? 'true' : `(${metric.where}) is true`} as is_wanted`,
    `${metric.time === undefined ? 'true' : `counted.${id(metric.time)} is not null`} as is_timed`,
    ...exclusions.map(({ key }, i) => `counted.${id(key)} as key_${i}`),
  ];
  const joins = exclusions.map(
    (exclusion, i) =>
      ` left join (select distinct ${id(exclusion.key)} as excluded_key from ${tableOf(exclusion.in)} where ${exclusion.where}) as e${i} on e${i}.excluded_key = r.key_${i}`,
  );
  const select = counts.map((condition, i) => `count(*) filter (where ${condition}) as n_${i}`);
  return `select ${select.join(', ')} from (select ${rows.join(', ')} from ${tableOf(model)} as counted) as r${joins.join('')}`;
}

function tableOf(model: string): string {
  const dot = model.indexOf('.');
  return qualify({ schema: model.slice(0, dot), table: model.slice(dot + 1) });
}
