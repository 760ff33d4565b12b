import type { ManifestTest } from '../../compiler/index.ts';

/** What a failed test is told by: its rule in words, the numbers, and the command that shows more where there is one. */
export function describeFailure(
  test: Pick<ManifestTest, 'words' | 'rule' | 'segment' | 'counts' | 'look'>,
  { failing, tested }: { readonly failing: number; readonly tested: number },
): string {
  const words = test.words.en;
  const look = test.look === undefined ? '' : `; look: ${test.look}`;
  if (test.segment === undefined) return `${words}: ${failing} of ${tested} ${test.counts ?? 'rows'} fail${look}`;
  const found = test.rule === 'size' ? `it has ${tested}` : `${failing} of its ${tested} members are in both`;
  return `${words}: ${found}${look}`;
}
