import type { TrackedEvent } from './events.ts';
import { dayOf, formatInstant, hour, minute, second, startOfDay } from './instant.ts';
import { createRandom } from './random.ts';
import type { Row } from './row.ts';

/** How an event reaches the files: written as JSON, sent again by a tracker that missed the answer, now and then beside a line that nobody can read. */
export function deliverEvent(seed: number, event: TrackedEvent): readonly Row[] {
  const random = createRandom(seed, 'delivery', event.id);
  const rows = [eventRow(event, event.receivedAt)];
  if (random.chance(0.02)) {
    const later = random.chance(0.8) ? random.integer(second, 90 * second) : random.integer(5 * minute, 48 * hour);
    rows.push(eventRow(event, event.receivedAt + later));
  }
  if (random.chance(0.0006)) {
    const { arrivedAt, line } = rows[0]!;
    // The event itself is beside it, so that an unreadable line loses nothing.
    const broken = random.pick([
      [line.slice(0, Math.floor(line.length * 0.7)), 4],
      [line.replace(/"event_time":"[^"]+"/, '"event_time":"yesterday"'), 3],
      [line.replace(/"event_id":"[^"]+"/, '"event_id":null'), 2],
      ['<html><body>502 Bad Gateway</body></html>', 1],
    ]);
    rows.push({ arrivedAt, order: `${event.id}!`, line: broken });
  }
  return rows;
}

function eventRow(event: TrackedEvent, receivedAt: number): Row {
  const line = JSON.stringify({
    event_id: event.id,
    event_name: event.name,
    event_time: formatInstant(event.stampedAt),
    received_at: formatInstant(receivedAt),
    user_id: event.userId ?? null,
    device_id: event.deviceId,
    session_id: event.sessionId,
    schema_version: event.schemaVersion,
    properties: event.properties,
  });
  return { arrivedAt: receivedAt, order: event.id, line };
}

/** Lines cut off by a full disk or with a date that is none, each beside the whole row. The last cell of these exports is an instant. */
export function addUnreadable(seed: number, source: string, rows: readonly Row[]): readonly Row[] {
  return rows.flatMap((row) => {
    const random = createRandom(seed, 'unreadable', source, row.order, row.arrivedAt);
    if (!random.chance(0.0012)) return [row];
    const line = random.chance(0.5)
      ? row.line.slice(0, Math.floor(row.line.length * 0.6))
      : row.line.replace(/[^,]+$/, 'n/a');
    return [row, { ...row, order: `${row.order}!`, line }];
  });
}

/** The nightly export goes by the clock of the day before: the last ten minutes of a day come again in the next file. */
export function repeatLastMinutes(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap((row) => {
    const midnight = startOfDay(dayOf(row.arrivedAt) + 1);
    return midnight - row.arrivedAt > 10 * minute ? [row] : [row, { ...row, arrivedAt: midnight }];
  });
}
