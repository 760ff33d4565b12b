import { chooseDevice, type Device, ownDevice, passingDevice } from './devices.ts';
import { hour, minute, second, startOfDay, weekdayOf } from './instant.ts';
import { channels, hours, weekdays } from './market.ts';
import { createRandom, type Random } from './random.ts';
import type { Account } from './users.ts';

/** What someone did in one visit, before any tracker saw it. */
export interface Visit {
  readonly id: string;
  /** Undefined for someone who never signs up. */
  readonly account: Account | undefined;
  readonly startedAt: number;
  readonly device: Device;
  /** Logged in from the start, logs in on the way, signs up on the way, or stays unknown. */
  readonly login: 'known' | 'midway' | 'signup' | 'anonymous';
  readonly searches: number;
  readonly views: number;
  readonly reaches: 'look' | 'cart' | 'checkout';
  /** Milliseconds between one action and the next, at most. */
  readonly pace: number;
  /** A phone without a connection: its events arrive when it has one. */
  readonly arrivesAfter: number;
}

/** A stretch of the pro plan. */
export interface Stretch {
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

export interface Life {
  readonly account: Account;
  readonly visits: readonly Visit[];
  readonly stretches: readonly Stretch[];
}

/** One account's days in order, each by its own draws: what happens on a day does not depend on how many days follow. */
export function liveLife(seed: number, account: Account, days: number): Life {
  const random = createRandom(seed, 'life', account.number);
  const visits: Visit[] = visitsBeforeSignup(seed, account, days);
  const stretches: Stretch[] = [];
  let interested = account.signupDay >= 0 || random.chance(0.45);
  let pro: { startedAt: number } | undefined;
  if (account.startsAs === 'pro_2023') pro = { startedAt: account.createdAt };
  for (let d = Math.max(0, account.signupDay + 1); d < days; d++) {
    interested = random.chance(interested ? 1 - lapse(account, d, pro !== undefined) : 0.006);
    const visitsToday =
      interested && random.chance(0.17 * account.habit * weekdays[weekdayOf(d)]!) ? (random.chance(0.18) ? 2 : 1) : 0;
    for (let i = 0; i < visitsToday; i++) visits.push(createVisit(seed, account, d, i));
    const change = random.next();
    const at = startOfDay(d) + 20 * hour + random.integer(0, 3 * hour);
    if (pro !== undefined && change < (interested ? 0.002 : 0.02)) {
      stretches.push({ number: stretches.length + 1, startedAt: pro.startedAt, endedAt: at });
      pro = undefined;
    } else if (pro === undefined && visitsToday > 0 && change < 0.008 * account.appetite) pro = { startedAt: at };
  }
  if (pro !== undefined) stretches.push({ number: stretches.length + 1, startedAt: pro.startedAt, endedAt: undefined });
  return { account, visits, stretches };
}

/** Interest fades fast at first and slower later; subscribers are more faithful. */
function lapse(account: Account, today: number, pro: boolean): number {
  const age = today - account.signupDay;
  return (channels[account.channel].lapse / (1 + age / 18)) * (pro ? 0.35 : 1) + 0.002;
}

/** Visits without a login on the own device, the last of them with the signup itself. */
function visitsBeforeSignup(seed: number, account: Account, days: number): Visit[] {
  if (account.signupDay < 0) return [];
  const random = createRandom(seed, 'before-signup', account.number);
  const visits: Visit[] = [];
  const device = ownDevice(seed, account.number, 'a');
  for (let i = random.integer(0, 3); i > 0; i--) {
    const d = account.signupDay - i * random.integer(1, 3);
    if (d >= 0 && d < days)
      visits.push({ ...createVisit(seed, account, d, 10 + i), device, login: 'anonymous', reaches: 'look' });
  }
  if (account.signupDay < days) {
    const startedAt = account.createdAt - random.integer(60, 400) * second;
    visits.push({
      ...createVisit(seed, account, account.signupDay, 20),
      startedAt,
      device,
      login: 'signup',
      reaches: 'look',
    });
  }
  return visits;
}

function createVisit(seed: number, account: Account, d: number, i: number): Visit {
  const id = `${account.number}.${d}.${i}`;
  const random = createRandom(seed, 'visit', id);
  const buying = 0.13 * account.appetite;
  return {
    id,
    account,
    startedAt: startOfDay(d) + random.pick(hours) * hour + random.integer(0, 59) * minute + random.integer(0, 59999),
    device: chooseDevice(seed, account, random),
    login: random.pick([
      ['known', 86],
      ['midway', 9],
      ['anonymous', 5],
    ] as const),
    searches: random.chance(0.35) ? random.integer(1, 2) : 0,
    views: random.integer(1, 4) + (random.chance(0.25) ? random.integer(1, 4) : 0),
    reaches: random.chance(buying) ? 'checkout' : random.chance(0.16) ? 'cart' : 'look',
    pace: random.integer(20, 150) * second,
    arrivesAfter: drawDelay(random),
  };
}

/** How long looking around in a visit takes at most; what comes after it has its own instant. */
export function browsing(visit: Pick<Visit, 'searches' | 'views' | 'pace'>): number {
  return (visit.searches + visit.views + 2) * visit.pace;
}

/** One visit in 70 happens offline: minutes to 45 days until it is known. */
function drawDelay(random: Random): number {
  if (!random.chance(0.0143)) return 0;
  const longest = random.pick([
    [20, 6],
    [7 * 24, 3],
    [45 * 24, 1],
  ] as const);
  return random.integer(5, longest * 60) * minute;
}

/** Visits of people who never sign up: about as many as there are signups. */
export function passVisits(seed: number, users: number, days: number): readonly Visit[] {
  const visits: Visit[] = [];
  for (let d = 0; d < days; d++) {
    const random = createRandom(seed, 'passing', d);
    const count = Math.floor((users / 260) * (1 + d / 180) * weekdays[weekdayOf(d)]! + random.next());
    for (let i = 0; i < count; i++) {
      const id = `p.${d}.${i}`;
      const device = passingDevice(seed, id);
      const startedAt = startOfDay(d) + random.pick(hours) * hour + random.integer(0, hour - 1);
      const common = { pace: 60 * second, arrivesAfter: 0, searches: 0, reaches: 'look' } as const;
      visits.push({
        id,
        account: undefined,
        startedAt,
        device,
        login: 'anonymous',
        views: random.integer(1, 4),
        ...common,
      });
    }
  }
  return visits;
}
