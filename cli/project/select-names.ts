import type { Manifest } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';

export interface SelectedNames {
  readonly models: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
  readonly segments: ReadonlySet<string>;
  readonly tests: ReadonlySet<string>;
}

/**
 * What `--select` chooses; everything where it is not given.
 * @throws CommandFailure where a selector matches nothing: a slip of the pen must not look like a run with nothing to do
 */
export async function selectNames(manifest: Manifest, flags: Flags): Promise<SelectedNames> {
  const selectors = flags.select as readonly string[] | undefined;
  if (selectors === undefined) {
    return {
      models: new Set(manifest.models.map((model) => model.name)),
      metrics: new Set(manifest.metrics.map((metric) => metric.name)),
      segments: new Set(manifest.segments.map((segment) => segment.name)),
      tests: new Set(manifest.tests.map((test) => test.name)),
    };
  }
  const { selectNodes } = await import('../../compiler/index.ts');
  const { models, metrics, segments, tests, diagnostics } = selectNodes(manifest, selectors);
  const wrong = diagnostics.find((found) => found.severity === 'error');
  if (wrong) throw new CommandFailure(exitCode.usage, `\`--select\`: ${wrong.message}`, wrong.hints);
  return {
    models: new Set(models),
    metrics: new Set(metrics),
    segments: new Set(segments),
    tests: new Set(tests),
  };
}
