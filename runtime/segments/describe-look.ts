import { type Manifest, type ManifestSegment, movesOfSegment } from '../../compiler/index.ts';
import { readsOfSegment } from '../schedule/needs.ts';
import { whyNotFollowed } from './look-at.ts';

/** Whom evaluations of a segment look at: those who may have moved, and when everyone, and why. The parser must have been loaded. */
export function describeLook(
  manifest: Manifest,
  segment: ManifestSegment,
): { readonly some?: string; readonly everyone: readonly string[] } {
  const moves = movesOfSegment(manifest, segment.name);
  if (moves.always !== undefined) return { everyone: [`at every cut: ${moves.always}`] };
  const models = new Map(manifest.models.map((model) => [model.name, model]));
  const reads = [...readsOfSegment({ models, versions: new Map() }, segment)].sort();
  const whys = reads.map((name) => ({
    name,
    why: whyNotFollowed(manifest, name, moves),
  }));
  const told = whys.filter(({ why }) => why === undefined).map(({ name }) => name);
  const some = told.length === 0 ? '' : `whose rows in ${told.join(', ')} came, went or changed, and `;
  return {
    some: `those ${some}whose events came into view or reached the edge of a window`,
    everyone: whys.flatMap(({ name, why }) => (why === undefined ? [] : [`where \`${name}\` changed: ${why}`])),
  };
}
