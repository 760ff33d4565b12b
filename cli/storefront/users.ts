import { hour, startOfDay, weekdayOf } from './instant.ts';
import { type Channel, type Currency, channels, countries, currencyOf, weekdays } from './market.ts';
import { createRandom } from './random.ts';

export interface Account {
  /** From 1, in the order of signing up. */
  readonly number: number;
  readonly id: string;
  /** Day of the story; negative for those who were there before it began. */
  readonly signupDay: number;
  readonly createdAt: number;
  readonly country: string;
  /** What the account's country field says: some leave it empty. */
  readonly statedCountry: string | undefined;
  readonly currency: Currency;
  readonly channel: Channel;
  readonly email: string;
  readonly flaggedTest: boolean;
  /** Testers and employees: their orders are no revenue. */
  readonly internal: boolean;
  readonly startsAs: 'free' | 'trial' | 'pro_2023';
  /** Visits and orders relative to the median user. */
  readonly habit: number;
  readonly appetite: number;
}

/** Days of the standard story: the number of users asked for is reached at its end. */
export const standardDays = 180;
/** One in five has an account before the story begins. */
const shareBefore = 0.2;

/** Accounts that sign up before day `until`. The list for fewer days is the beginning of the list for more. */
export function createAccounts(seed: number, users: number, until: number): readonly Account[] {
  const accounts: Account[] = [];
  const before = Math.round(users * shareBefore);
  while (accounts.length < before) {
    const n = accounts.length;
    accounts.push(createAccount(seed, n + 1, Math.floor((n / before) * standardDays) - standardDays));
  }
  const perWeight = (users - before) / signupWeight(standardDays);
  for (let d = 0; d < until; d++) {
    const reached = before + Math.round(perWeight * signupWeight(d + 1));
    while (accounts.length < reached) accounts.push(createAccount(seed, accounts.length + 1, d));
  }
  return accounts;
}

/** Sum over the days before `days`: signups double within the story, and Sundays are strongest. */
function signupWeight(days: number): number {
  let sum = 0;
  for (let d = 0; d < days; d++) sum += (1 + d / standardDays) * weekdays[weekdayOf(d)]!;
  return sum;
}

function createAccount(seed: number, number: number, signupDay: number): Account {
  const random = createRandom(seed, 'account', number);
  const country = random.pick(countries);
  const channel = random.pick(Object.entries(channels).map(([name, c]) => [name as Channel, c.share] as const));
  // By number and not by chance, so that a small story has them too.
  const tester = number % 97 === 5;
  const employee = number % 113 === 11;
  const domain = tester || employee ? 'example.test' : random.pick(mailDomains);
  return {
    number,
    id: `u${String(number).padStart(5, '0')}`,
    signupDay,
    createdAt: startOfDay(signupDay) + random.integer(7 * hour, 22 * hour),
    country,
    statedCountry: random.chance(0.04) ? undefined : country,
    currency: currencyOf(country),
    channel,
    email: `${tester ? 'qa' : 'user'}.${number}@${domain}`,
    flaggedTest: tester,
    internal: tester || employee,
    startsAs: signupDay < 0 && random.chance(0.15) ? 'pro_2023' : random.chance(0.12) ? 'trial' : 'free',
    habit: random.logNormal(0.55),
    appetite: channels[channel].appetite * random.logNormal(0.6),
  };
}

const mailDomains: readonly (readonly [string, number])[] = [
  ['mail.example', 5],
  ['post.example', 3],
  ['web.example', 2],
];
