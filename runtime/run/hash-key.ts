import { createHash, createHmac } from 'node:crypto';
import type { Manifest, Statement } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { Secret } from '../engine/secret.ts';
import { keyedFingerprint } from '../schedule/keyed-fingerprint.ts';

/** The project's key as `hash:` columns take it: two pads, as secret as the key, and a mark that tells one key from another and neither of them. */
export interface HashKey {
  readonly id: string;
  /** A block of SHA-256 in hexadecimal digits. */
  readonly inner: Secret;
  readonly outer: Secret;
}

const blockSize = 64;

/** HMAC's pads (RFC 2104): the key filled up to a block (a longer one is digested first), each byte turned by 0x36 and by 0x5c. */
export function createHashKey(text: string): HashKey {
  const given = Buffer.from(text, 'utf8');
  const key = Buffer.alloc(blockSize);
  (given.length > blockSize ? createHash('sha256').update(given).digest() : given).copy(key);
  const pad = (by: number) => new Secret(Buffer.from(key.map((byte) => byte ^ by)).toString('hex'));
  const mark = createHmac('sha256', text).update('etalon: which key is it').digest();
  const id = createHash('sha256').update(mark).digest('hex').slice(0, 8);
  return { id, inner: pad(0x36), outer: pad(0x5c) };
}

/** Models that hash are other models under another key: their versions say which one they were built with. */
export function withHashKey<T extends { readonly manifest: Manifest; readonly hashKey?: HashKey }>(options: T): T {
  const { manifest, hashKey } = options;
  if (hashKey === undefined) return options;
  const models = manifest.models.map((model) =>
    model.hashes ? { ...model, fingerprint: keyedFingerprint(model.fingerprint, hashKey.id) } : model,
  );
  return { ...options, manifest: { ...manifest, models } };
}

const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/** Does rendered SQL ask for the pads? Authors' SQL has no parameters, so that there are no others. */
function asksForKey(sql: string): boolean {
  return sql.includes('$1') && sql.replaceAll(quoted, '').includes('$1');
}

/** A session in which statements that ask for the pads get them. */
export function withPads(session: Session, key: HashKey | undefined): Session {
  return {
    execute: (statement) => session.execute(typeof statement === 'string' ? bindHashKey(statement, key) : statement),
  };
}

/** The statement with the pads bound: they never stand in its text, which errors, logs and the server's own views may show. */
export function bindHashKey(sql: string, key: HashKey | undefined): Statement | string {
  if (!asksForKey(sql)) return sql;
  if (key === undefined) throw new Error('SQL with `hash:` is executed without the key');
  return { sql, parameters: [key.inner.reveal(), key.outer.reveal()] };
}
