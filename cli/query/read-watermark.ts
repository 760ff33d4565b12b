import type { Manifest, ManifestTarget, QueryRequest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import type { Project } from '../project/load-project.ts';
import { findAsOf, readTargetHistory } from '../project/read-target-history.ts';

/** How far the data that a question reads is complete. */
export interface Watermark {
  /** Data is complete strictly before it: the earliest of the sources'. */
  readonly instant: string;
  /** The models that are known no further. */
  readonly heldBy: readonly string[];
}

/** Fails where something that the metrics read is not built. */
export async function readWatermark(
  project: Project,
  target: ManifestTarget,
  engine: Engine,
  { metrics, by }: Pick<QueryRequest, 'metrics' | 'by'>,
): Promise<Watermark> {
  const history = await readTargetHistory(project, target, engine);
  const reads = modelsRead(project.manifest, metrics, by);
  const instant = findAsOf(history, reads) ?? failUnbuilt(target);
  return { instant, heldBy: reads.filter((model) => history.models[model]?.completeThrough === instant) };
}

function modelsRead(manifest: Manifest, metrics: readonly string[], by: readonly string[]): string[] {
  const chosen = [
    ...manifest.metrics.filter(({ name }) => metrics.includes(name)),
    ...manifest.segments.filter(({ name }) => by.includes(`segment:${name}`)),
  ];
  return [...new Set(chosen.flatMap(({ reads }) => reads))].sort();
}

/** Instants differ in the digits of their seconds; as numbers they are compared to the millisecond, which is enough to tell that one lies ahead. */
export function isAhead(asOf: string, { instant }: Watermark): boolean {
  return Date.parse(asOf) > Date.parse(instant);
}
