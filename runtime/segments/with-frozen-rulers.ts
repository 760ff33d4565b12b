import type { Manifest, ManifestSegment } from '../../compiler/index.ts';
import { readStoredVersions } from '../state/segment-marks.ts';
import { queryState, type StateQuery } from './query-state.ts';
import { ruleOfProject, wantsBreaks } from './segment-rule.ts';

/**
 * The manifest in which splits are measured by where their quantiles were frozen, where that is remembered: so that whoever computes one gets what its evaluations got. Costs nothing where no split has quantiles.
 *
 * @example
 * const frozen = await withFrozenRulers({ manifest, engine, target: 'prod' })
 */
export async function withFrozenRulers(query: StateQuery): Promise<Manifest> {
  const splits = query.manifest.segments.filter((segment) => segment.computed && isToBeFrozen(query.manifest, segment));
  if (splits.length === 0) return query.manifest;
  const frozen = await queryState(query, async (session) => {
    let manifest = query.manifest;
    for (const segment of splits)
      manifest = ruleOfProject(manifest, segment, await readStoredVersions(session, segment.name)).manifest;
    return manifest;
  });
  return frozen ?? query.manifest;
}

function isToBeFrozen(manifest: Manifest, segment: ManifestSegment): boolean {
  const { fingerprint: rule, version } = segment;
  return wantsBreaks({ manifest, segment, rule, version, definition: '' });
}
