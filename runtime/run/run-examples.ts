import {
  compareExample,
  compareSegmentExample,
  type ExampleDefinition,
  loadParser,
  type Manifest,
  type ManifestMetric,
  type ManifestSegment,
  planExample,
  planSegmentExample,
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
  readonly of: 'metric' | 'segment';
  /** The metric or the segment. */
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
  /** Examples of what this version does not compute. */
  readonly notComputed: number;
}

/**
 * Runs the worked examples of metrics and segments. Each is one SELECT over its own given rows, so it reads no table and writes nothing, on any engine.
 *
 * @example
 * const { results } = await runExamples({ manifest, engine })
 */
export async function runExamples(options: {
  readonly manifest: Manifest;
  readonly engine: Engine;
  /** Absent: all of them. */
  readonly metrics?: readonly string[];
  readonly segments?: readonly string[];
  readonly signal?: AbortSignal;
}): Promise<ExamplesRun> {
  const { manifest, engine } = options;
  await loadParser();
  const chosen = [
    ...choose(manifest.metrics, options.metrics),
    ...choose(manifest.segments, options.metrics === undefined ? options.segments : (options.segments ?? [])),
  ];
  const results: ExampleResult[] = [];
  for (const one of chosen.filter(({ computed }) => computed)) {
    for (const example of one.examples) {
      if (options.signal?.aborted) throw new EngineError('cancelled', 'interrupted');
      results.push(await runExample(manifest, engine, one, example));
    }
  }
  const notComputed = chosen.filter(({ computed }) => !computed).reduce((n, one) => n + one.examples.length, 0);
  return { results, notComputed };
}

function choose<T extends ManifestMetric | ManifestSegment>(all: readonly T[], names?: readonly string[]): T[] {
  return all.filter(({ name }) => names?.includes(name) ?? true);
}

async function runExample(
  manifest: Manifest,
  engine: Engine,
  one: ManifestMetric | ManifestSegment,
  example: ExampleDefinition,
): Promise<ExampleResult> {
  const common = {
    kind: 'example',
    of: one.kind,
    metric: one.name,
    title: example.title,
    path: example.span.file,
    line: example.span.start.line,
  } as const;
  const planned = one.kind === 'metric' ? planExample : planSegmentExample;
  const { plan, diagnostics } = planned(manifest, one.name, example);
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
    const columns = result.columns.map((c) => c.name);
    const outcome =
      one.kind === 'metric'
        ? compareExample(example, columns, result.rows)
        : compareSegmentExample(one, example, columns, result.rows);
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
