import pc from 'picocolors';

export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
}

export type Colours = ReturnType<typeof pc.createColors>;

/** Everything that is printed goes through here, so that no secret can leave by any other way. */
export interface Output {
  /** Results: what a pipe wants. */
  out(text: string): void;
  /** Diagnostics and progress. */
  err(text: string): void;
  readonly outColours: Colours;
  readonly errColours: Colours;
  /** True where standard error is a terminal that can be redrawn. */
  readonly live: boolean;
  readonly columns: number;
  /** From now on `secret` is printed as `***`. */
  hide(secret: string): void;
  redact(text: string): string;
}

/** Colour where a terminal shows it and nobody objected (https://no-color.org); `FORCE_COLOR` for those who pipe into a pager. */
export function wantsColour(stream: Stream, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

export function createOutput(
  stdout: Stream,
  stderr: Stream,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const secrets: string[] = [];
  // Longest first: a password is a part of its URL, and the URL shall not be left as `postgres://me:***@host`.
  const redact = (text: string) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  return {
    out: (text) => void stdout.write(redact(text)),
    err: (text) => void stderr.write(redact(text)),
    outColours: pc.createColors(wantsColour(stdout, env)),
    errColours: pc.createColors(wantsColour(stderr, env)),
    live: stderr.isTTY === true && env.TERM !== 'dumb' && !env.CI,
    columns: stderr.columns ?? 80,
    redact,
    hide: (secret) => {
      if (secret.length < 3) return;
      // JSON writes quotes and backslashes in its own way.
      for (const spelled of new Set([secret, JSON.stringify(secret).slice(1, -1)]))
        if (!secrets.includes(spelled)) secrets.push(spelled);
      secrets.sort((a, b) => b.length - a.length);
    },
  };
}
