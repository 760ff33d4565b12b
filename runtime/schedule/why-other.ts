import type { ManifestModel } from '../../compiler/index.ts';
import { whyOtherDefinition } from './keyed-fingerprint.ts';
import type { PublishedVersion } from './target-state.ts';

/** Why the version that is published is not of this definition; undefined where it is. */
export function whyOther(version: Pick<PublishedVersion, 'fingerprint'>, model: ManifestModel): string | undefined {
  if (version.fingerprint === '') return 'it was given up';
  return whyOtherDefinition(version.fingerprint, model.fingerprint);
}
