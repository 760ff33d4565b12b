import { createHash } from 'node:crypto';

/** 16 hex digits of SHA-256 over the parts; a part's length counts, so that ['ab','c'] and ['a','bc'] differ. */
export function fingerprint(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex').slice(0, 16);
}
