import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { statement, toCount, toText } from '../state/rows.ts';

/** Where batches go. */
export interface Webhook {
  readonly url: string;
  /** What bodies are signed with. */
  readonly secret: string;
  /** Milliseconds for an answer. */
  readonly timeout?: number;
  /** Milliseconds before each repetition. */
  readonly pauses?: readonly number[];
}

export interface Delivery {
  readonly sent: number;
  /** How many batches are left, and why; absent: all were taken. */
  readonly left?: { readonly batches: number; readonly why: string };
}

/** Answers to a request are waited for so long, and one that fails for a reason that passes is repeated so often. */
const patience = 30_000;
const pauses: readonly number[] = [500, 2000, 5000];

/**
 * Sends the batches of an export that have not been taken yet, one after another. What was taken is marked before the next one goes. Where a process ends between the two, the batch is sent again
 * under the same key: who receives it knows by `idempotency-key` that it has it.
 */
export async function deliverBatches(
  engine: Engine,
  id: string,
  webhook: Webhook,
  { clock, signal }: { readonly clock: () => string; readonly signal?: AbortSignal },
): Promise<Delivery> {
  const waiting = await readWaiting(engine, id);
  for (const [sent, number] of waiting.entries()) {
    const left = (why: string) => ({ sent, left: { batches: waiting.length - sent, why } });
    if (signal?.aborted) return left('interrupted');
    const why = await sendBatch(webhook, `${id}/${number}`, await readBody(engine, id, number), clock, signal);
    if (why !== undefined) return left(why);
    await engine.transaction(async (session) => {
      await session.execute(
        statement(
          'update etalon_state.export_batches set sent_at = cast($1 as timestamptz), body = null where export = $2 and number = cast($3 as bigint)',
          clock(),
          id,
          number,
        ),
      );
    });
  }
  return { sent: waiting.length };
}

/** Numbers of the batches that nobody has taken yet. */
export async function readWaiting(engine: Pick<Engine, 'execute'>, id: string): Promise<readonly number[]> {
  const { rows } = await engine.execute(
    statement(
      'select number from etalon_state.export_batches where export = $1 and sent_at is null order by number',
      id,
    ),
  );
  return rows.map(([number]) => toCount(number));
}

async function readBody(engine: Engine, id: string, number: number): Promise<string> {
  const { rows } = await engine.execute(
    statement(
      'select body from etalon_state.export_batches where export = $1 and number = cast($2 as bigint)',
      id,
      number,
    ),
  );
  return toText(rows[0]?.[0]);
}

/** Why the batch was not taken; undefined: it was. */
async function sendBatch(
  webhook: Webhook,
  key: string,
  body: string,
  clock: () => string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  for (const wait of [...(webhook.pauses ?? pauses), undefined]) {
    const { why, passes } = await post(webhook, key, body, clock());
    if (why === undefined) return undefined;
    if (!passes || wait === undefined || signal?.aborted) return why;
    await pause(wait, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
  return undefined;
}

async function post(
  { url, secret, timeout = patience }: Webhook,
  key: string,
  body: string,
  at: string,
): Promise<{ readonly why?: string; readonly passes: boolean }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        'etalon-signature': signBody(body, at, secret),
      },
      body,
      // A webhook that leads elsewhere is not the one that was meant.
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    await response.body?.cancel();
    if (response.ok) return { passes: false };
    const { status } = response;
    return { why: `the webhook answers ${status}`, passes: status >= 500 || status === 429 || status === 408 };
  } catch (error) {
    const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
    // Some messages hold the whole address.
    const why =
      name === 'TimeoutError'
        ? `the webhook does not answer within ${timeout / 1000} s`
        : `the webhook cannot be reached${cause?.code === undefined ? '' : ` (${cause.code})`}`;
    return { why, passes: true };
  }
}

/**
 * `t=2025-07-01T00:00:00Z,v1=…`: HMAC-SHA-256 in hexadecimal digits of the instant, a full stop and the body. Whoever receives a body works out the same, and takes none that is older than some minutes.
 *
 * @example
 * signBody('{}', '2025-07-01T00:00:00Z', secret)
 */
export function signBody(body: string, at: string, secret: string): string {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}
