import {
  compareExample,
  type ExampleDefinition,
  loadParser,
  type Manifest,
  planExample,
  renderSql,
  shapesOf,
  type Value,
} from '../../compiler/index.ts';
import { type Engine, EngineError } from '../engine/engine.ts';
import { bindHashKey, createHashKey } from './hash-key.ts';

/** What an example expects of `hash:` must be the same for everyone, so that its key is no secret. */
const exampleKey = 'example';

export interface ExampleResult {
  readonly kind: 'example';
  readonly metric: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'error';
  /** What the engine gave, cut to the columns expected. */
  readonly actual: readonly Readonly<Record<string, Value>>[];
  /** A line each; empty where it passed. */
  readonly differences: readonly string[];
  readonly path: string;
  readonly line: number;
}

export interface ExamplesRun {
  readonly results: readonly ExampleResult[];
  /** Examples of metrics that this version does not compute. */
  readonly notComputed: number;
}

/**
 * Runs the worked examples of metrics. Each is one SELECT over its own given rows, so it reads no table and writes nothing, on any engine.
 *
 * @example
 * const { results } = await runExamples({ manifest, engine })
 */
export async function runExamples(options: {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly metrics?: readonly string[];
  readonly signal?: AbortSignal;
}): Promise<ExamplesRun> {
  const { manifest, engine } = options;
  await loadParser();
  const chosen = options.metrics === undefined ? undefined : new Set(options.metrics);
  const metrics = manifest.metrics.filter((m) => chosen?.has(m.name) ?? true);
  const results: ExampleResult[] = [];
  for (const metric of metrics.filter((m) => m.computed)) {
    for (const example of metric.examples) {
      if (options.signal?.aborted) throw new EngineError('cancelled', 'interrupted');
      results.push(await runExample(manifest, engine, metric.name, example));
    }
  }
  const notComputed = metrics.filter((m) => !m.computed).reduce((n, m) => n + m.examples.length, 0);
  return { results, notComputed };
}

async function runExample(
  manifest: Manifest,
  engine: Engine,
  metric: string,
  example: ExampleDefinition,
): Promise<ExampleResult> {
  const common = {
    kind: 'example',
    metric,
    title: example.title,
    path: example.span.file,
    line: example.span.start.line,
  } as const;
  const { plan, diagnostics } = planExample(manifest, metric, example);
  if (!plan)
    return {
      ...common,
      status: 'error',
      actual: [],
      differences: diagnostics.map((d) => [d.message, ...d.hints].join('; ')),
    };
  try {
    const names = (model: string): never => {
      throw new Error(`an example reads the table ${model}`);
    };
    const sql = renderSql(plan.sql, engine.capabilities.dialect, names, { shapeOf: shapesOf(manifest) });
    const result = await engine.execute(bindHashKey(sql, createHashKey(exampleKey)));
    const outcome = compareExample(
      example,
      result.columns.map((c) => c.name),
      result.rows,
    );
    return {
      ...common,
      status: outcome.passed ? 'passed' : 'failed',
      actual: outcome.actual,
      differences: outcome.differences,
    };
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'cancelled' || error.kind === 'unreachable') throw error;
    return { ...common, status: 'error', actual: [], differences: [error.message] };
  }
}
