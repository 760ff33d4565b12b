import { accountHeader, exportAccounts, exportSubscriptions, subscriptionHeader } from './account-rows.ts';
import { contactHeader, createContacts, exportContacts } from './contacts.ts';
import { addUnreadable, deliverEvent, repeatLastMinutes } from './dirt.ts';
import { trackVisit } from './events.ts';
import { startOfDay } from './instant.ts';
import { exportLedger, ledgerHeader } from './ledger.ts';
import { type Life, liveLife, passVisits } from './life.ts';
import { exportMailings, mailingHeader } from './mailings.ts';
import { exportOrders, exportPayments, orderHeader, paymentHeader } from './order-rows.ts';
import { type Order, placeOrders } from './orders.ts';
import { createRates, exportRates, rateHeader } from './rates.ts';
import type { Row } from './row.ts';
import { exportTickets, ticketHeader } from './support.ts';
import { createAccounts } from './users.ts';

export interface Story {
  readonly seed: number;
  /** Accounts at the end of 180 days. */
  readonly users: number;
  readonly days: number;
}

/** All that arrives from one system. A source without a header is JSON lines. */
export interface Source {
  readonly name: string;
  readonly header: string | undefined;
  readonly rows: readonly Row[];
}

/** Pre-signup visits reach at most nine days back, so accounts are made for longer than the story. */
const leadDays = 10;

/** The whole story, told to every system. The story of fewer days is the beginning of the story of more, byte for byte. */
export function createSources({ seed, users, days }: Story): readonly Source[] {
  const start = startOfDay(0);
  const accounts = createAccounts(seed, users, days + leadDays);
  const lives = accounts.map((account) => liveLife(seed, account, days));
  const orders = placeOrders(seed, lives, startOfDay(days));
  const rates = createRates(seed, days);
  const contacts = createContacts(seed, lives);
  const dirty = (name: string, rows: readonly Row[]): readonly Row[] => addUnreadable(seed, name, rows);
  return [
    { name: 'events', header: undefined, rows: createEventRows({ seed, users, days }, lives, orders) },
    { name: 'users', header: accountHeader, rows: exportAccounts(lives, start) },
    { name: 'subscriptions', header: subscriptionHeader, rows: exportSubscriptions(lives, start) },
    { name: 'orders', header: orderHeader, rows: dirty('orders', repeatLastMinutes(exportOrders(seed, orders))) },
    { name: 'payments', header: paymentHeader, rows: dirty('payments', exportPayments(orders)) },
    { name: 'crm_contacts', header: contactHeader, rows: exportContacts(seed, contacts, start) },
    { name: 'mailings', header: mailingHeader, rows: dirty('mailings', exportMailings(seed, contacts, days)) },
    { name: 'support_tickets', header: ticketHeader, rows: exportTickets(seed, lives, orders) },
    { name: 'fx_rates', header: rateHeader, rows: exportRates(rates) },
    { name: 'ledger', header: ledgerHeader, rows: exportLedger(orders, rates, days) },
  ];
}

function createEventRows(
  { seed, users, days }: Story,
  lives: readonly Life[],
  orders: readonly Order[],
): readonly Row[] {
  const orderOfVisit = new Map(
    orders.flatMap((order) => (order.visit === undefined ? [] : [[order.visit, order] as const])),
  );
  const visits = [...lives.flatMap((life) => life.visits), ...passVisits(seed, users, days)];
  return visits
    .flatMap((visit) => trackVisit(seed, visit, orderOfVisit.get(visit.id)))
    .flatMap((event) => deliverEvent(seed, event));
}
