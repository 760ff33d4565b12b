import { day } from './instant.ts';
import { createRandom, type Random } from './random.ts';
import type { Account } from './users.ts';

export interface Device {
  readonly id: string;
  readonly platform: 'ios' | 'android' | 'web';
  /** Milliseconds that its clock is ahead. */
  readonly clockAhead: number;
  /** Keeps its app for weeks after a release, and with it the old event names. */
  readonly oldApp: boolean;
  /** What its tracker sends as user id while nobody is logged in; a proper one sends nothing. */
  readonly anonymousId: 'null' | 'undefined' | undefined;
}

/** The terminal in the shop's only store: dozens of people log in on it. */
const terminal: Device = {
  id: 'd-terminal-1',
  platform: 'web',
  clockAhead: 0,
  oldApp: false,
  anonymousId: undefined,
};

/** The device of a visit: mostly the own one, sometimes a second, that of someone in the household, or the terminal. */
export function chooseDevice(seed: number, account: Account, random: Random): Device {
  const at = random.next();
  if (at < 0.004) return terminal;
  if (sharesDevice(account.number) && at < 0.3) return ownDevice(seed, account.number - 3, 'a');
  if (account.number % 3 === 0 && at > 0.7) return ownDevice(seed, account.number, 'b');
  return ownDevice(seed, account.number, 'a');
}

/** One account in 29 also uses the device of the account three before it. */
export function sharesDevice(number: number): boolean {
  return number % 29 === 7;
}

export function ownDevice(seed: number, owner: number, which: 'a' | 'b'): Device {
  const random = createRandom(seed, 'device', owner, which);
  return {
    id: `d-${random.hex(10)}`,
    platform: random.pick([
      ['ios', 3],
      ['android', 4],
      ['web', 5],
    ]),
    clockAhead: owner % 211 === 13 && which === 'a' ? random.integer(1, 400) * day : 0,
    oldApp: random.chance(0.15),
    anonymousId:
      owner % 173 === 21
        ? random.pick([
            ['null', 1],
            ['undefined', 1],
          ] as const)
        : undefined,
  };
}

/** A device of someone who never signs up. */
export function passingDevice(seed: number, visit: string): Device {
  const random = createRandom(seed, 'passing-device', visit);
  return {
    ...terminal,
    id: `d-${random.hex(10)}`,
    platform: random.pick([
      ['web', 3],
      ['android', 1],
    ] as const),
  };
}
