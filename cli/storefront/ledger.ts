import { dayOf, formatDay, hour, startOfDay } from './instant.ts';
import type { Currency } from './market.ts';
import type { Order } from './orders.ts';
import { findRate, type Rate } from './rates.ts';
import { csvLine, formatCents, type Row } from './row.ts';

export const ledgerHeader = 'entry_id,booked_day,account,currency,amount_eur';

/**
 * What finance books each evening: one entry per account and currency, converted in one sum at the day's rate with four digits. So it differs from the sum of
 * rounded orders by cents, as such exports do. Testers' and employees' orders are not booked.
 */
export function exportLedger(orders: readonly Order[], rates: readonly Rate[], days: number): readonly Row[] {
  const sums = new Map<string, { d: number; account: string; currency: Currency; cents: number }>();
  const book = (d: number, account: string, currency: Currency, cents: number): void => {
    if (d >= days) return;
    const key = `${String(d).padStart(4, '0')}-${account}-${currency}`;
    const sum = sums.get(key) ?? { d, account, currency, cents: 0 };
    sum.cents += cents;
    sums.set(key, sum);
  };
  for (const order of orders) {
    if (order.account.internal || order.paidAt === undefined) continue;
    book(dayOf(order.paidAt), 'revenue', order.currency, order.cents);
    if (order.refund !== undefined) book(dayOf(order.refund.at), 'refunds', order.currency, -order.refund.cents);
  }
  return [...sums].map(([key, { d, account, currency, cents }]) => {
    const rate = Math.round(findRate(rates, currency, d) / 100);
    const entry = `${formatDay(d)}-${account}-${currency}`.toUpperCase();
    return {
      arrivedAt: startOfDay(d + 1) - hour / 2,
      order: key,
      line: csvLine([entry, formatDay(d), account, currency, formatCents(Math.round((cents * rate) / 10_000))]),
    };
  });
}
