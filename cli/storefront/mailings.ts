import type { Contact } from './contacts.ts';
import { day, formatDay, formatInstant, hour, minute, second, startOfDay, weekdayOf } from './instant.ts';
import { createRandom } from './random.ts';
import { csvLine, type Row } from './row.ts';

export const mailingHeader = 'message_id,campaign,contact_id,what,happened_at';

/** The mailing service's log: the welcome mail the day after agreeing, the newsletter each Tuesday, and what became of each message. */
export function exportMailings(seed: number, contacts: readonly Contact[], days: number): readonly Row[] {
  const rows: Row[] = [];
  for (const contact of contacts) {
    if (contact.agreedAt === undefined) continue;
    // Who opens mails opens most of them.
    const eagerness = createRandom(seed, 'reader', contact.id).next();
    const send = (campaign: string, at: number): void => {
      const allowed = contact.agreedAt! < at && (contact.withdrawnAt === undefined || at < contact.withdrawnAt);
      if (allowed) rows.push(...sendMessage(seed, contact.id, campaign, at, eagerness));
    };
    if (contact.agreedAt >= startOfDay(0)) send('welcome', contact.agreedAt + day);
    for (let d = 0; d < days; d++) if (weekdayOf(d) === 1) send(`newsletter_${formatDay(d)}`, startOfDay(d) + 9 * hour);
  }
  return rows;
}

function sendMessage(seed: number, contact: string, campaign: string, at: number, eagerness: number): Row[] {
  const message = `${campaign}.${contact}`;
  const random = createRandom(seed, 'message', message);
  const row = (what: string, happenedAt: number): Row => ({
    arrivedAt: happenedAt + 2 * minute,
    order: `${message}.${what}`,
    line: csvLine([message, campaign, contact, what, formatInstant(happenedAt)]),
  });
  const sentAt = at + random.integer(0, 20 * minute);
  const rows = [row('sent', sentAt)];
  if (!random.chance((campaign === 'welcome' ? 0.35 : 0.12) + 0.4 * eagerness * eagerness)) return rows;
  const openedAt =
    sentAt +
    random.pick([
      [hour, 5],
      [8 * hour, 3],
      [3 * day, 2],
    ] as const) *
      random.next();
  rows.push(row('opened', Math.floor(openedAt)));
  // Many read a mail twice; only the first opening counts.
  if (random.chance(0.2)) rows.push(row('opened', Math.floor(openedAt) + random.integer(minute, day)));
  if (random.chance(0.17)) rows.push(row('clicked', Math.floor(openedAt) + random.integer(5 * second, 5 * minute)));
  return rows;
}
