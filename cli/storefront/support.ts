import { day, dayOf, formatBerlin, hour, minute, startOfDay, weekdayOf } from './instant.ts';
import type { Life } from './life.ts';
import type { Order } from './orders.ts';
import { createRandom } from './random.ts';
import { csvLine, type Row } from './row.ts';

export const ticketHeader = 'ticket_id,user_id,topic,status,opened_at,first_reply_at,solved_at,csat,updated_at';

interface Occasion {
  readonly label: string;
  readonly userId: string;
  readonly at: number;
  readonly topic: string;
}

/** The support tool's export, a row for each change of a ticket: opened, answered, solved, rated. Its clock shows Berlin and no zone. */
export function exportTickets(seed: number, lives: readonly Life[], orders: readonly Order[]): readonly Row[] {
  return [...listOccasions(seed, lives, orders)].flatMap((occasion) => describeTicket(seed, occasion));
}

/** One order in 14 leads to a ticket, each refund does in half of the cases, and so does one visit in 150. */
function listOccasions(seed: number, lives: readonly Life[], orders: readonly Order[]): readonly Occasion[] {
  const occasions: Occasion[] = [];
  for (const order of orders) {
    const random = createRandom(seed, 'order-ticket', order.id);
    const userId = order.account.id;
    const common = { label: `o${order.id}`, userId };
    if (order.refund !== undefined && random.chance(0.5)) {
      occasions.push({ ...common, at: order.refund.at - random.integer(2, 40) * hour, topic: 'refund' });
    } else if (random.chance(0.07)) {
      const topic = random.pick([
        ['delivery', 5],
        ['payment', 3],
        ['product', 2],
      ] as const);
      occasions.push({ ...common, at: order.createdAt + random.integer(1, 120) * hour, topic });
    }
  }
  for (const { account, visits } of lives) {
    for (const visit of visits) {
      const random = createRandom(seed, 'visit-ticket', visit.id);
      if (visit.login === 'known' && random.chance(0.0065)) {
        const topic = random.pick([
          ['account', 5],
          ['product', 3],
        ] as const);
        occasions.push({
          label: `v${visit.id}`,
          userId: account.id,
          at: visit.startedAt + random.integer(5, 300) * minute,
          topic,
        });
      }
    }
  }
  return occasions;
}

function describeTicket(seed: number, { label, userId, at, topic }: Occasion): Row[] {
  const random = createRandom(seed, 'ticket', label);
  const id = `t-${random.hex(8)}`;
  const repliedAt = random.chance(0.97)
    ? nextWorkingHour(at + Math.floor(2.5 * hour * random.logNormal(0.9))) + random.integer(0, 40) * minute
    : undefined;
  const solvedAt =
    repliedAt !== undefined && random.chance(0.93)
      ? repliedAt + Math.floor(9 * hour * random.logNormal(0.8))
      : undefined;
  const slow = repliedAt !== undefined && repliedAt - at > day;
  const csat = solvedAt !== undefined && random.chance(0.38) ? random.pick(slow ? slowMarks : quickMarks) : undefined;
  const ratedAt =
    solvedAt !== undefined && csat !== undefined ? solvedAt + random.integer(10, 2000) * minute : undefined;
  const row = (now: number, status: string): Row => {
    const known = (instant: number | undefined): string | undefined =>
      instant !== undefined && instant <= now ? formatBerlin(instant) : undefined;
    const mark = ratedAt !== undefined && ratedAt <= now ? csat : undefined;
    const cells = [id, userId, topic, status, known(at), known(repliedAt), known(solvedAt), mark, formatBerlin(now)];
    return { arrivedAt: now + minute, order: id, line: csvLine(cells) };
  };
  const rows = [row(at, 'open')];
  if (repliedAt !== undefined) rows.push(row(repliedAt, 'answered'));
  if (solvedAt !== undefined) rows.push(row(solvedAt, 'solved'));
  if (ratedAt !== undefined) rows.push(row(ratedAt, 'solved'));
  return rows;
}

/** Nobody answers at night or on Sundays. */
function nextWorkingHour(at: number): number {
  let d = dayOf(at);
  const since = at - startOfDay(d);
  const opens = startOfDay(d) + 8 * hour;
  if (weekdayOf(d) < 6 && since < 8 * hour) return opens;
  if (weekdayOf(d) < 6 && since < 20 * hour) return at;
  d += weekdayOf(d) === 5 ? 2 : 1;
  return startOfDay(d) + 8 * hour;
}

const quickMarks = [
  [5, 48],
  [4, 32],
  [3, 12],
  [2, 4],
  [1, 4],
] as const;
const slowMarks = [
  [5, 15],
  [4, 25],
  [3, 25],
  [2, 15],
  [1, 20],
] as const;
