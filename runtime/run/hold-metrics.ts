import {
  loadParser,
  type Manifest,
  type MetricRelation,
  metricRelations,
  renderSql,
  shapesOf,
  type Value,
} from '../../compiler/index.ts';
import { type Engine, EngineError } from '../engine/engine.ts';
import { readFreshStored } from './fresh-stored.ts';
import { publishedName } from './target-names.ts';

export interface HeldRelation extends Omit<MetricRelation, 'sql'> {
  readonly kind: 'metric-test';
  readonly status: 'passed' | 'failed' | 'error';
  /** A line for each of the first rows in which it does not hold, or why it could not be asked. */
  readonly differences: readonly string[];
}

/** So many rows are told of a relation that does not hold. */
const shown = 3;

/**
 * Holds metrics to what must be true of any (`metricRelations`) on a target as it stands. Reads, and writes nothing.
 *
 * @example
 * const held = await holdMetrics({ manifest, engine, metrics: [{ name: 'revenue', asOf: '2025-07-01T00:00:00Z' }] })
 */
export async function holdMetrics(on: {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly metrics: readonly { readonly name: string; readonly asOf: string }[];
  /** The target's name; absent: the project's default. */
  readonly target?: string;
  readonly signal?: AbortSignal;
}): Promise<readonly HeldRelation[]> {
  const { manifest, engine, target = manifest.project.target } = on;
  await loadParser();
  const stored = await readFreshStored({ engine, manifest, target });
  const byName = new Map(manifest.metrics.map((metric) => [metric.name, metric]));
  const held: HeldRelation[] = [];
  for (const { name, asOf } of on.metrics) {
    for (const relation of metricRelations(manifest, byName.get(name)!, { asOf, stored })) {
      if (on.signal?.aborted) throw new EngineError('cancelled', 'interrupted');
      held.push(await hold(relation, manifest, engine, target));
    }
  }
  return held;
}

async function hold(
  { sql, ...relation }: MetricRelation,
  manifest: Manifest,
  engine: Engine,
  target: string,
): Promise<HeldRelation> {
  const rendered = renderSql(sql, engine.capabilities.dialect, (name) => publishedName(manifest, target, name), {
    shapeOf: shapesOf(manifest),
  });
  try {
    const { columns, rows } = await engine.ask(rendered);
    const differences = rows.slice(0, shown).map((row) => describeRow(columns, row));
    const more = rows.length - differences.length;
    return {
      kind: 'metric-test',
      ...relation,
      status: rows.length === 0 ? 'passed' : 'failed',
      differences: more > 0 ? [...differences, `and ${more} more`] : differences,
    };
  } catch (cause) {
    if (!(cause instanceof EngineError) || cause.kind === 'cancelled') throw cause;
    return { kind: 'metric-test', ...relation, status: 'error', differences: [cause.message] };
  }
}

function describeRow(columns: readonly { readonly name: string }[], row: readonly Value[]): string {
  return columns.map(({ name }, i) => `${name} ${row[i] === null ? 'nothing' : String(row[i])}`).join(', ');
}
