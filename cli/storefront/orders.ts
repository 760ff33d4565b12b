import { day, hour, minute, second } from './instant.ts';
import { browsing, type Life, type Stretch, type Visit } from './life.ts';
import { type Currency, proPrice } from './market.ts';
import { createRandom, type Random } from './random.ts';
import type { Account } from './users.ts';

export interface Refund {
  readonly at: number;
  readonly cents: number;
}

export interface Order {
  readonly id: number;
  readonly account: Account;
  readonly kind: 'goods' | 'subscription';
  /** The visit that it was made in; a renewal has none. */
  readonly visit: string | undefined;
  readonly createdAt: number;
  readonly currency: Currency;
  readonly cents: number;
  readonly paidAt: number | undefined;
  readonly cancelledAt: number | undefined;
  readonly failedAttempts: number;
  readonly provider: 'card' | 'paypal' | 'invoice' | 'sandbox';
  readonly refund: Refund | undefined;
}

type Draft = Omit<Order, 'id'> & { readonly label: string };

/** Every order of every account, numbered in the order of creation. */
export function placeOrders(seed: number, lives: readonly Life[], horizon: number): readonly Order[] {
  const drafts = lives.flatMap((life) => [
    ...life.visits
      .filter((visit) => visit.reaches === 'checkout')
      .map((visit) => orderGoods(seed, life.account, visit)),
    ...life.stretches.flatMap((stretch) => orderMonths(seed, life.account, stretch, horizon)),
  ]);
  drafts.sort((a, b) => a.createdAt - b.createdAt || (a.label < b.label ? -1 : 1));
  return drafts.map(({ label: _, ...order }, i) => ({ id: 100001 + i, ...order }));
}

function orderGoods(seed: number, account: Account, visit: Visit): Draft {
  const random = createRandom(seed, 'order', visit.id);
  const createdAt = visit.startedAt + browsing(visit) + 3 * visit.pace + random.integer(1, 90 * second);
  const fate = random.pick([
    ['paid', 82],
    ['cancelled', 11],
    ['pending', 7],
  ]);
  const cents = Math.max(490, Math.round(3600 * random.logNormal(0.62)));
  const paidAt = fate === 'paid' ? createdAt + random.integer(40, 900) * second : undefined;
  return {
    label: visit.id,
    account,
    kind: 'goods',
    visit: visit.id,
    createdAt,
    currency: account.currency,
    cents,
    paidAt,
    cancelledAt: fate === 'cancelled' ? createdAt + random.integer(1, 30) * hour : undefined,
    failedAttempts: fate === 'paid' && random.chance(0.06) ? random.integer(1, 2) : 0,
    provider: account.internal
      ? 'sandbox'
      : random.pick([
          ['card', 55],
          ['paypal', 30],
          ['invoice', 15],
        ]),
    refund: paidAt !== undefined && random.chance(0.075) ? drawRefund(random, paidAt, cents) : undefined,
  };
}

function drawRefund(random: Random, paidAt: number, cents: number): Refund {
  const at = paidAt + random.integer(2 * 24, 30 * 24) * hour + random.integer(0, 59) * minute;
  return { at, cents: random.chance(0.6) ? cents : Math.round((cents * random.integer(20, 80)) / 100) };
}

/** A subscription is invoiced when it starts and every 30 days while it lasts; what fell due before the story is not in it. */
function orderMonths(seed: number, account: Account, stretch: Stretch, horizon: number): Draft[] {
  const drafts: Draft[] = [];
  const until = Math.min(stretch.endedAt ?? horizon, horizon);
  const storyStart = Date.UTC(2024, 11, 31, 23);
  for (let at = stretch.startedAt, month = 0; at < until; at += 30 * day, month++) {
    if (at < storyStart) continue;
    const label = `${account.number}.s${stretch.number}.${month}`;
    const random = createRandom(seed, 'renewal', label);
    const cents = proPrice[account.currency];
    const paidAt = at + random.integer(1, 40) * minute;
    drafts.push({
      label,
      account,
      kind: 'subscription',
      visit: undefined,
      createdAt: at,
      currency: account.currency,
      cents,
      paidAt,
      cancelledAt: undefined,
      failedAttempts: random.chance(0.04) ? 1 : 0,
      provider: account.internal ? 'sandbox' : 'card',
      refund: random.chance(0.01) ? { at: paidAt + 3 * day, cents } : undefined,
    });
  }
  return drafts;
}
