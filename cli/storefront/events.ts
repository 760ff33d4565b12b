import { dayOf, second } from './instant.ts';
import type { Visit } from './life.ts';
import { oldAppsUntilDay, renameDay } from './market.ts';
import type { Order } from './orders.ts';
import { createRandom } from './random.ts';
import { formatCents } from './row.ts';

/** One event as it truly happened, and when the tracker's server would have it without further mishap. */
export interface TrackedEvent {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  /** By the clock of the device. */
  readonly stampedAt: number;
  readonly receivedAt: number;
  readonly userId: string | undefined;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly schemaVersion: number;
  readonly properties: Readonly<Record<string, string | number>>;
}

interface Action {
  readonly name: string;
  readonly at?: number;
  readonly properties?: Readonly<Record<string, string | number>>;
}

/** The events of one visit, in order. */
export function trackVisit(seed: number, visit: Visit, order: Order | undefined): readonly TrackedEvent[] {
  const random = createRandom(seed, 'events', visit.id);
  const country = random.chance(0.06) ? undefined : (visit.account?.country ?? 'DE');
  const common = { platform: visit.device.platform, ...(country === undefined ? {} : { country }) };
  const sessionId = `s-${random.hex(12)}`;
  const accountId = visit.account?.id;
  let knownId = visit.login === 'known' ? accountId : undefined;
  let at = visit.startedAt;
  return listActions(visit, order, random.integer(0, 1000)).map((action) => {
    at = action.at ?? at + random.integer(3 * second, visit.pace);
    if (action.name === 'login' || action.name === 'signup') knownId = accountId;
    const version = dayOf(at) >= renameDay && !(visit.device.oldApp && dayOf(at) < oldAppsUntilDay) ? 2 : 1;
    return {
      id: random.hex(16),
      name: version === 1 && action.name === 'invoice_paid' ? 'payment_done' : action.name,
      at,
      stampedAt: at + visit.device.clockAhead,
      receivedAt: at + visit.arrivesAfter + random.integer(200, 25 * second),
      userId: knownId ?? visit.device.anonymousId,
      deviceId: visit.device.id,
      sessionId,
      schemaVersion: version,
      properties: { ...common, ...action.properties },
    };
  });
}

function listActions(visit: Visit, order: Order | undefined, shelf: number): readonly Action[] {
  const product = (i: number): string => `p${String((shelf * 7 + i * 13) % 240).padStart(3, '0')}`;
  const actions: Action[] = [{ name: 'app_open', at: visit.startedAt }];
  for (let i = 0; i < visit.searches; i++)
    actions.push({ name: 'search', properties: { results: (shelf + i * 5) % 40 } });
  for (let i = 0; i < visit.views; i++) actions.push({ name: 'product_viewed', properties: { product: product(i) } });
  if (visit.login === 'midway') actions.splice(2, 0, { name: 'login' });
  if (visit.login === 'signup')
    actions.push(
      { name: 'signup', at: visit.account!.createdAt },
      { name: 'product_viewed', properties: { product: product(9) } },
    );
  if (visit.reaches !== 'look') actions.push({ name: 'added_to_cart', properties: { product: product(0) } });
  if (order !== undefined) actions.push(...listOrderActions(visit, order));
  return actions;
}

function listOrderActions(visit: Visit, order: Order): readonly Action[] {
  const money = { order_id: order.id, amount: Number(formatCents(order.cents)), currency: order.currency };
  // Nobody pays without being logged in.
  const login: readonly Action[] = visit.login === 'anonymous' ? [{ name: 'login' }] : [];
  const started: Action = { name: 'checkout_started', at: order.createdAt, properties: money };
  return order.paidAt === undefined
    ? [...login, started]
    : [...login, started, { name: 'invoice_paid', at: order.paidAt, properties: money }];
}
