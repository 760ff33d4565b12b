import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countDays, type StorefrontOptions, writeStorefront } from './write-storefront.ts';

const root = mkdtempSync(join(tmpdir(), 'etalon-storefront-'));
const small = { users: 600, days: 130 };
let files: ReadonlyMap<string, string>;

beforeAll(() => {
  files = write('first', small);
});
afterAll(() => rmSync(root, { recursive: true }));

function write(name: string, options: Omit<StorefrontOptions, 'out'>): ReadonlyMap<string, string> {
  const out = join(root, name);
  writeStorefront({ out, ...options });
  const paths = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(out, path)).isFile(),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(out, path), 'utf8')]));
}

/** Lines of a source, headers left out. */
function lines(source: string): readonly string[] {
  const batches = [...files].filter(([path]) => path.startsWith(`${source}/`));
  return batches.flatMap(([path, text]) =>
    text
      .trimEnd()
      .split('\n')
      .slice(path.endsWith('.csv') ? 1 : 0),
  );
}

interface Event {
  event_id: string;
  event_name: string;
  event_time: string;
  received_at: string;
  user_id: string | null;
  device_id: string;
  schema_version: number;
  properties: Record<string, string | number>;
}

function readEvents(): { readable: readonly Event[]; unreadable: readonly string[] } {
  const readable: Event[] = [];
  const unreadable: string[] = [];
  for (const line of lines('events')) {
    try {
      const event = JSON.parse(line) as Event;
      if (event.event_id === null || Number.isNaN(Date.parse(event.event_time))) unreadable.push(line);
      else readable.push(event);
    } catch {
      unreadable.push(line);
    }
  }
  return { readable, unreadable };
}

function share(part: number, whole: number): number {
  return part / whole;
}

describe('the bytes', () => {
  test('are the same in every run', () => {
    expect(write('second', small)).toEqual(files);
  });

  test('differ with the seed', () => {
    expect(write('other', { ...small, seed: 2 }).get('orders/2025-01-20.csv')).not.toBe(
      files.get('orders/2025-01-20.csv'),
    );
  });

  test('of fewer days are the beginning of those of more', () => {
    const month = write('month', { ...small, days: 31 });
    expect(month.size).toBeGreaterThan(200);
    for (const [path, text] of month) expect(files.get(path), path).toBe(text);
    expect(new Set([...files.keys()].filter((path) => path.slice(-16) < '/2025-02-01' || month.has(path)))).toEqual(
      new Set(month.keys()),
    );
  });

  test('of a story that goes on: as many days as stand in the folder are counted', () => {
    write('counted', { users: 100, days: 5 });
    expect(countDays(join(root, 'counted'))).toBe(5);
    expect(countDays(join(root, 'nowhere'))).toBe(0);
  });

  test('of a shorter story replace those of a longer one in the same folder', () => {
    write('shrunk', { users: 100, days: 10 });
    const shrunk = write('shrunk', { users: 100, days: 5 });
    expect([...shrunk.keys()].filter((path) => path.includes('2025-01-06'))).toEqual([]);
  });
});

describe('events', () => {
  test('come again in 2 of 100 cases, with the same id and a later arrival', () => {
    const { readable } = readEvents();
    const ids = new Set(readable.map((event) => event.event_id));
    expect(share(readable.length - ids.size, ids.size)).toBeGreaterThan(0.014);
    expect(share(readable.length - ids.size, ids.size)).toBeLessThan(0.026);
  });

  test('are late by up to 45 days', () => {
    const delays = readEvents().readable.map(
      (event) => (Date.parse(event.received_at) - Date.parse(event.event_time)) / 86_400_000,
    );
    expect(delays.filter((days) => days > 1).length).toBeGreaterThan(20);
    expect(Math.max(...delays)).toBeGreaterThan(10);
    expect(Math.max(...delays)).toBeLessThan(48);
  });

  test('bear the clocks of devices that are in the future', () => {
    const ahead = readEvents().readable.filter((event) => Date.parse(event.event_time) > Date.parse(event.received_at));
    expect(ahead.length).toBeGreaterThan(10);
  });

  test('have lines that cannot be read, each kind of them', () => {
    const { unreadable } = readEvents();
    expect(unreadable.some((line) => line.includes('yesterday'))).toBe(true);
    expect(unreadable.some((line) => line.startsWith('{"event_id"') && !line.endsWith('}'))).toBe(true);
    expect(share(unreadable.length, lines('events').length)).toBeLessThan(0.002);
  });

  test('come from devices before anyone logs in, and from devices of two and of many users', () => {
    const users = new Map<string, Set<string>>();
    const anonymousFirst = new Set<string>();
    for (const event of [...readEvents().readable].sort((a, b) => (a.event_time < b.event_time ? -1 : 1))) {
      const known = users.get(event.device_id) ?? new Set();
      if (event.user_id !== null) users.set(event.device_id, known.add(event.user_id));
      else if (known.size === 0) anonymousFirst.add(event.device_id);
    }
    const counts = [...users.values()].map((known) => known.size);
    expect([...anonymousFirst].filter((device) => users.has(device)).length).toBeGreaterThan(50);
    expect(counts.filter((count) => count === 2 || count === 3).length).toBeGreaterThan(3);
    expect(Math.max(...counts)).toBeGreaterThan(3);
  });

  test('lack a country in 6 of 100 visits', () => {
    const { readable } = readEvents();
    const missing = readable.filter((event) => event.properties.country === undefined);
    expect(share(missing.length, readable.length)).toBeGreaterThan(0.04);
    expect(share(missing.length, readable.length)).toBeLessThan(0.08);
  });

  test('are renamed with schema version 2', () => {
    const paid = readEvents().readable.filter((event) => ['payment_done', 'invoice_paid'].includes(event.event_name));
    const versions = new Set(paid.map((event) => `${event.event_name} ${event.schema_version}`));
    expect(versions).toEqual(new Set(['payment_done 1', 'invoice_paid 2']));
    const march20 = paid.filter((event) => event.event_time >= '2025-03-20' && event.event_time < '2025-04-20');
    expect(new Set(march20.map((event) => event.event_name)).size).toBe(2);
  });
});

describe('exports', () => {
  test('spell a paid order in four ways and a cancelled one in two', () => {
    const statuses = new Set(lines('orders').map((line) => line.split(',')[3]));
    for (const status of ['paid', 'PAID', 'Paid', 'payed', 'cancelled', 'canceled', 'refunded', 'pending'])
      expect(statuses).toContain(status);
  });

  test('hold three currencies, test users, employees and accounts without a country', () => {
    expect(new Set(lines('orders').map((line) => line.split(',')[4])).size).toBeGreaterThanOrEqual(3);
    const accounts = lines('users').map((line) => line.split(','));
    expect(accounts.some((cells) => cells[7] === 'true')).toBe(true);
    expect(accounts.some((cells) => cells[7] === 'false' && cells[3]!.endsWith('@example.test'))).toBe(true);
    expect(accounts.some((cells) => cells[4] === '')).toBe(true);
  });

  test('tell what became of mailings and tickets', () => {
    expect(new Set(lines('mailings').map((line) => line.split(',')[3]))).toEqual(
      expect.objectContaining(new Set(['sent', 'opened', 'clicked'])),
    );
    const rated = lines('support_tickets').filter((line) => /^[1-5]$/.test(line.split(',')[7] ?? ''));
    expect(rated.length).toBeGreaterThan(10);
  });
});

describe('the ledger', () => {
  // The zone database, which the generator itself does not ask.
  const berlinDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' });

  test('agrees with the paid orders of each day, by the rules of the clean layer', () => {
    const internal = new Set(
      lines('users')
        .map((line) => line.split(','))
        .filter((cells) => cells[7] === 'true' || cells[3]!.endsWith('@example.test'))
        .map((cells) => cells[0]!),
    );
    const readable = lines('orders')
      .map((line) => line.split(','))
      .filter((cells) => cells.length === 8 && !Number.isNaN(Date.parse(cells[7]!)));
    const ownerOf = new Map(readable.map((cells) => [cells[0]!, cells[1]!]));
    const orders = new Map<string, number>();
    const seen = new Set<string>();
    for (const cells of lines('payments').map((line) => line.split(','))) {
      const [id, order, kind, status, , currency, amount, happenedAt] = cells;
      if (cells.length !== 8 || Number.isNaN(Date.parse(happenedAt!)) || seen.has(id!)) continue;
      seen.add(id!);
      if (kind !== 'charge' || status !== 'succeeded' || internal.has(ownerOf.get(order!)!)) continue;
      const day = berlinDay.format(Date.parse(happenedAt!));
      orders.set(day, (orders.get(day) ?? 0) + Math.round(Number(amount) * rateAt(currency!, day) * 100) / 100);
    }
    const ledger = new Map<string, number>();
    for (const [, day, account, , amount] of lines('ledger').map((line) => line.split(','))) {
      if (account === 'revenue') ledger.set(day!, (ledger.get(day!) ?? 0) + Number(amount));
    }
    expect([...orders.keys()].sort()).toEqual([...ledger.keys()].sort());
    for (const [day, amount] of ledger)
      expect(Math.abs(orders.get(day)! - amount), day).toBeLessThanOrEqual(amount * 0.005);
    expect(ledger.size).toBeGreaterThan(120);
  });

  function rateAt(currency: string, day: string): number {
    if (currency === 'EUR') return 1;
    const rates = lines('fx_rates').map((line) => line.split(','));
    const before = rates
      .filter(([rateDay, of]) => of === currency && rateDay! <= day)
      .sort(([a], [b]) => (a! < b! ? -1 : 1));
    return Number(before.at(-1)![2]);
  }
});
