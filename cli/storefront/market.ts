/** What the invented shop is like: shares, prices and habits. Changing a figure here changes every file. */
export type Currency = 'EUR' | 'USD' | 'GBP';
export type Channel = 'organic' | 'paid_search' | 'social' | 'referral' | 'partner';

export const countries: readonly (readonly [string, number])[] = [
  ['DE', 42],
  ['FR', 12],
  ['GB', 13],
  ['US', 12],
  ['AT', 8],
  ['NL', 7],
  ['ES', 6],
];

export function currencyOf(country: string): Currency {
  if (country === 'US') return 'USD';
  return country === 'GB' ? 'GBP' : 'EUR';
}

/** Share of the signups, the daily chance to lose interest in the first days, and the appetite to buy. */
export const channels: Readonly<Record<Channel, { share: number; lapse: number; appetite: number }>> = {
  organic: { share: 34, lapse: 0.045, appetite: 1 },
  paid_search: { share: 26, lapse: 0.065, appetite: 0.9 },
  social: { share: 20, lapse: 0.11, appetite: 0.55 },
  referral: { share: 12, lapse: 0.025, appetite: 1.35 },
  partner: { share: 8, lapse: 0.06, appetite: 0.8 },
};

/** Monday to Sunday: Sunday evening is the shop's best time. */
export const weekdays: readonly number[] = [1.05, 1, 0.97, 1, 0.92, 0.84, 1.22];

/** Local hours and how many visits start in them. */
export const hours: readonly (readonly [number, number])[] = [
  [0, 2],
  [6, 2],
  [7, 5],
  [8, 6],
  [9, 5],
  [10, 4],
  [11, 5],
  [12, 8],
  [13, 6],
  [14, 4],
  [15, 4],
  [16, 5],
  [17, 7],
  [18, 9],
  [19, 12],
  [20, 14],
  [21, 13],
  [22, 8],
  [23, 3],
];

/** Price of a month of the pro plan, in cents of each currency. */
export const proPrice: Readonly<Record<Currency, number>> = { EUR: 990, USD: 1090, GBP: 850 };

/** From this day on apps send `invoice_paid`, schema version 2; old apps go on with `payment_done` for a while. */
export const renameDay = 75;
export const oldAppsUntilDay = 120;
