import { formatInstant } from './instant.ts';
import type { Order } from './orders.ts';
import { createRandom } from './random.ts';
import { csvLine, formatCents, type Row } from './row.ts';

export const orderHeader = 'order_id,user_id,kind,status,currency,amount,created_at,updated_at';

/** How the shop, its app, its old system and its call centre write that an order is paid. */
const paidSpellings = [
  ['paid', 70],
  ['PAID', 15],
  ['Paid', 10],
  ['payed', 5],
] as const;

/** The order table, a row for each change of state. */
export function exportOrders(seed: number, orders: readonly Order[]): readonly Row[] {
  return orders.flatMap((order) => {
    const random = createRandom(seed, 'order-status', order.id);
    const states: { at: number; status: string }[] = [{ at: order.createdAt, status: 'pending' }];
    if (order.paidAt !== undefined) states.push({ at: order.paidAt, status: random.pick(paidSpellings) });
    if (order.cancelledAt !== undefined) {
      states.push({ at: order.cancelledAt, status: random.chance(0.3) ? 'canceled' : 'cancelled' });
    }
    if (order.refund !== undefined && order.refund.cents === order.cents)
      states.push({ at: order.refund.at, status: 'refunded' });
    return states.map(({ at, status }) => ({
      arrivedAt: at,
      order: String(order.id),
      line: csvLine([
        order.id,
        order.account.id,
        order.kind,
        status,
        order.currency,
        formatCents(order.cents),
        formatInstant(order.createdAt),
        formatInstant(at),
      ]),
    }));
  });
}

export const paymentHeader = 'payment_id,order_id,kind,status,provider,currency,amount,happened_at';

/** Movements of money as the payment provider reports them: failed attempts, charges, refunds. */
export function exportPayments(orders: readonly Order[]): readonly Row[] {
  return orders.flatMap((order) => {
    const row = (suffix: string, kind: string, status: string, cents: number, at: number): Row => {
      const id = `pay-${order.id}-${suffix}`;
      const cells = [id, order.id, kind, status, order.provider, order.currency, formatCents(cents), formatInstant(at)];
      return { arrivedAt: at, order: id, line: csvLine(cells) };
    };
    if (order.paidAt === undefined) return [];
    const rows: Row[] = [];
    for (let i = 1; i <= order.failedAttempts; i++) {
      const at = order.createdAt + ((order.paidAt - order.createdAt) * i) / (order.failedAttempts + 1);
      rows.push(row(`f${i}`, 'charge', 'failed', order.cents, Math.floor(at)));
    }
    rows.push(row('c', 'charge', 'succeeded', order.cents, order.paidAt));
    if (order.refund !== undefined) rows.push(row('r', 'refund', 'succeeded', order.refund.cents, order.refund.at));
    return rows;
  });
}
