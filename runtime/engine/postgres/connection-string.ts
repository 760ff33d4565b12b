import { EngineError } from '../engine.ts';
import { Secret } from '../secret.ts';

export interface Connection {
  readonly url: Secret;
  /** For people: `postgres db.example.org:5432/shop`. */
  readonly label: string;
  /** Takes everything secret out of a text. */
  readonly redact: (text: string) => string;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The parse error of `new URL` carries the whole string, password and all, as its `input`: it is dropped here and nothing of it is told.
 */
export function parseConnectionString(given: Secret | string): Connection {
  const text = typeof given === 'string' ? given : given.reveal();
  const hint = 'expected: postgres://user:password@host:port/database';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new EngineError('unreachable', 'the connection string is not a URL', { hint });
  }
  if (!/^postgres(ql)?:$/.test(url.protocol))
    throw new EngineError('unreachable', 'the connection string does not begin with `postgres://`', { hint });
  const secrets = [text, url.href, url.password, decode(url.password), url.searchParams.get('password') ?? ''].filter(
    (secret) => secret !== '',
  );
  return {
    url: new Secret(text),
    label: `postgres ${url.hostname || 'localhost'}:${url.port || '5432'}${url.pathname}`,
    redact: (message) => secrets.reduce((left, secret) => left.replaceAll(secret, '***'), message),
  };
}
