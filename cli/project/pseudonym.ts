import { createHmac } from 'node:crypto';
import type { Value } from '../../compiler/index.ts';

/** Whoever knows some ids can try shorter keys one by one. */
export const shortestKey = 16;

/** An id as `hash:` columns have it: HMAC-SHA-256 by the project's key. */
export function pseudonym(value: Value, key: string): Value {
  return value === null ? null : createHmac('sha256', key).update(String(value)).digest('hex');
}
