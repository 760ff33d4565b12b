import { day, formatInstant, hour, startOfDay } from './instant.ts';
import type { Life } from './life.ts';
import { createRandom } from './random.ts';
import { csvLine, type Row } from './row.ts';
import type { Account } from './users.ts';

export interface Contact {
  readonly id: string;
  readonly account: Account;
  readonly name: string;
  readonly createdAt: number;
  /** From when to when mailings are allowed. */
  readonly agreedAt: number | undefined;
  readonly withdrawnAt: number | undefined;
}

/** Nine of ten accounts become a contact of the CRM within a day; six of ten of those agree to mailings. */
export function createContacts(seed: number, lives: readonly Life[]): readonly Contact[] {
  return lives.flatMap(({ account }) => {
    const random = createRandom(seed, 'contact', account.number);
    if (!random.chance(0.9)) return [];
    const createdAt = account.createdAt + random.integer(1, 24) * hour;
    const agrees = random.chance(0.62);
    const withdraws = random.chance(0.12);
    const withdrawnAt = Math.max(createdAt, startOfDay(0)) + random.integer(5, 150) * day;
    return [
      {
        id: `c${random.hex(8)}`,
        account,
        name: `${random.pick(firstNames)} ${random.pick(lastNames)}`,
        createdAt,
        agreedAt: agrees ? createdAt : undefined,
        withdrawnAt: agrees && withdraws ? withdrawnAt : undefined,
      },
    ];
  });
}

export const contactHeader = 'contact_id,user_id,full_name,email,country,mail_consent,created_at,updated_at';

/** The CRM's export, a row for each change. Consent is written as whoever typed it liked to. */
export function exportContacts(seed: number, contacts: readonly Contact[], storyStart: number): readonly Row[] {
  return contacts.flatMap((contact) => {
    const random = createRandom(seed, 'contact-row', contact.account.number);
    const { account } = contact;
    const country = random.chance(0.2)
      ? undefined
      : random.chance(0.1)
        ? account.country.toLowerCase()
        : account.country;
    const row = (at: number, agreed: boolean): Row => ({
      arrivedAt: Math.max(at, storyStart) + 6 * hour,
      order: contact.id,
      line: csvLine([
        contact.id,
        account.id,
        contact.name,
        account.email,
        country,
        agreed ? random.pick(yes) : random.pick(no),
        formatInstant(contact.createdAt),
        formatInstant(at),
      ]),
    });
    const rows = [row(contact.createdAt, contact.agreedAt !== undefined)];
    if (contact.withdrawnAt !== undefined) rows.push(row(contact.withdrawnAt, false));
    return rows;
  });
}

const yes = [
  ['yes', 6],
  ['Yes', 2],
  ['ja', 1],
  ['1', 1],
] as const;
const no = [
  ['no', 7],
  ['nein', 1],
  ['0', 1],
  [undefined, 1],
] as const;
const firstNames = [
  ['Anna', 1],
  ['Jürgen', 1],
  ['Chloé', 1],
  ['Oliver', 1],
  ['Мария', 1],
  ['Zoë', 1],
] as const;
const lastNames = [
  ['Müller', 3],
  ['Dubois', 2],
  ['Smith, Jr.', 1],
  ['van der Berg', 1],
  ['O"Neil', 1],
  ['Weiß', 2],
] as const;
