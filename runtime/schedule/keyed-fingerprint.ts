const mark = '.';

/** The fingerprint of a model whose rows depend on a key too. */
export function keyedFingerprint(fingerprint: string, keyId: string): string {
  return `${fingerprint}${mark}${keyId}`;
}

/** Why a version is not what the definition says, if so. Who does not know the key takes any for the same. */
export function whyOtherDefinition(built: string, wanted: string): string | undefined {
  if (built === wanted) return undefined;
  const [definition, key] = wanted.split(mark);
  if (built.split(mark)[0] !== definition) return 'the definition changed';
  return key === undefined ? undefined : 'the key of its `hash:` columns changed';
}
