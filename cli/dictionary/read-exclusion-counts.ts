import { type Manifest, type ManifestMetric, type QueryPlan, qualify, quoteIdentifier } from '../../compiler/index.ts';
import type { ExclusionCount } from '../../docs-site/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import type { History } from '../../runtime/state/history-types.ts';

interface Source {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly target: string;
  readonly history: History;
}

/** For each metric and each exclusion that it names: how many rows the exclusion alone takes from it. Metrics of one model and condition share a question. */
export async function readExclusionCounts(source: Source): Promise<ExclusionCount[]> {
  const asked = new Map<string, Promise<number>>();
  const counts: ExclusionCount[] = [];
  for (const metric of source.manifest.metrics.filter((candidate) => candidate.computed)) {
    for (const exclusion of metric.exclude) {
      const plan = planCount(source, metric, exclusion);
      if (!plan) continue;
      const rows = asked.get(plan.sql) ?? countRows(source, plan);
      asked.set(plan.sql, rows);
      counts.push({ metric: metric.name, exclusion, rows: await rows });
    }
  }
  return counts;
}

async function countRows({ manifest, engine, target }: Source, plan: QueryPlan): Promise<number> {
  const { rows } = await queryTarget({ manifest, engine, plan, target });
  return Number(rows[0]?.[0] ?? 0);
}

/** Undefined where a count would need more than the metric's own model, or what it reads is not built: the page then names the exclusion without a number. */
function planCount({ manifest, history }: Source, metric: ManifestMetric, name: string): QueryPlan | undefined {
  const exclusion = manifest.project.exclusions.find((candidate) => candidate.name === name);
  const model = manifest.models.find((candidate) => candidate.name === metric.model);
  if (!exclusion || !model) return undefined;
  const { key } = exclusion;
  const built = [model.name, exclusion.in].every((read) => history.models[read]?.relation !== undefined);
  const throughRelation = model.relations.some((relation) => metric.where?.includes(`${relation.name}.`));
  if (!built || throughRelation || !model.columns.some((column) => column.name === key)) return undefined;
  const excluded = `select ${quoteIdentifier(key)} as excluded_key from ${tableOf(exclusion.in)} where ${exclusion.where}`;
  const taken = `exists (select 1 from (${excluded}) as excluded where excluded.excluded_key = counted.${quoteIdentifier(key)})`;
  const condition = metric.where ? `(${metric.where}) and ${taken}` : taken;
  return {
    kind: 'query-plan',
    sql: `select count(*) as n from ${tableOf(model.name)} as counted where ${condition}`,
    columns: [{ name: 'n', type: 'integer', role: 'metric' }],
    reads: [model.name, exclusion.in].sort(),
  };
}

function tableOf(model: string): string {
  const dot = model.indexOf('.');
  return qualify({ schema: model.slice(0, dot), table: model.slice(dot + 1) });
}
