import { formatDay, hour, startOfDay, weekdayOf } from './instant.ts';
import type { Currency } from './market.ts';
import { createRandom } from './random.ts';
import type { Row } from './row.ts';

export const rateHeader = 'rate_day,currency,eur_per_unit';

export interface Rate {
  readonly day: number;
  readonly currency: Currency;
  /** Millionths of a euro for one unit. */
  readonly micros: number;
}

/** Euros for a dollar and a pound on each banking day: a random walk. The first is of the last day before the story. */
export function createRates(seed: number, days: number): readonly Rate[] {
  const start: readonly (readonly [Currency, number])[] = [
    ['USD', 962000],
    ['GBP', 1206000],
  ];
  return start.flatMap(([currency, first]) => {
    const random = createRandom(seed, 'rate', currency);
    const rates: Rate[] = [];
    let micros = first;
    for (let d = -1; d < days; d++) {
      if (weekdayOf(d) > 4) continue;
      rates.push({ day: d, currency, micros });
      micros += Math.round(micros * 0.004 * random.normal());
    }
    return rates;
  });
}

/** The rate of a day: the latest at or before it. */
export function findRate(rates: readonly Rate[], currency: Currency, d: number): number {
  let found = 1_000_000;
  if (currency === 'EUR') return found;
  for (const rate of rates) if (rate.currency === currency && rate.day <= d) found = rate.micros;
  return found;
}

/** Published in the early morning, so that the day's orders find theirs. */
export function exportRates(rates: readonly Rate[]): readonly Row[] {
  return rates.map(({ day, currency, micros }) => ({
    arrivedAt: startOfDay(Math.max(day, 0)) + hour,
    order: `${day + 1}`.padStart(6, '0') + currency,
    line: `${formatDay(day)},${currency},${(micros / 1_000_000).toFixed(6)}`,
  }));
}
