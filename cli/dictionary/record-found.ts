import type { Manifest } from '../../compiler/index.ts';
import type { MetricValues } from '../../docs-site/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { type BuildFound, recordBuild } from '../../runtime/state/builds.ts';

/** Periods of each grain whose values are stored: enough to set a year beside another meaning of it. */
const storedPeriods = 13;

/** Stores what a build found, to be compared with others: definitions by their meaning, and values of the last periods that are over. */
export async function recordFound(
  engine: Engine,
  manifest: Manifest,
  values: readonly MetricValues[],
  build: Pick<BuildFound, 'run' | 'at'>,
): Promise<void> {
  const found = {
    ...build,
    etalon: manifest.etalon,
    definitions: definitionsOf(manifest),
    values: valuesOf(manifest, values),
  };
  await engine.transaction((session) => recordBuild(session, found));
}

function definitionsOf({ metrics, segments, models }: Manifest): BuildFound['definitions'] {
  const versioned = [...metrics, ...segments].map(({ kind, name, title, version, fingerprint, changes }) => {
    const reason = changes[String(version)];
    return {
      kind,
      name,
      fingerprint,
      version,
      ...(title === undefined ? {} : { title }),
      ...(reason === undefined ? {} : { reason }),
    };
  });
  const own = models.filter(({ generated }) => generated === undefined);
  return [...versioned, ...own.map(({ kind, name, fingerprint }) => ({ kind, name, fingerprint }))];
}

function valuesOf({ metrics }: Manifest, values: readonly MetricValues[]): BuildFound['values'] {
  const meanings = new Map(metrics.map((metric) => [metric.name, metric]));
  return values.flatMap(({ metric, series }) => {
    const { fingerprint, version } = meanings.get(metric)!;
    return series
      .filter(({ grain }) => grain === 'month' || grain === 'week')
      .flatMap(({ grain, points }) =>
        points
          .filter(({ state, value }) => state === 'final' && value !== null)
          .slice(-storedPeriods)
          .map(({ period, value }) => ({ metric, fingerprint, version, grain, period, value: value! })),
      );
  });
}
