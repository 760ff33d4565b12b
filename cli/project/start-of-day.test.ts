import { expect, it } from 'vitest';
import { startOfDay } from './start-of-day.ts';

it.each([
  ['2025-06-01', 'UTC', '2025-06-01T00:00:00Z'],
  ['2025-06-01', 'Europe/Berlin', '2025-05-31T22:00:00Z'],
  ['2025-03-30', 'Europe/Berlin', '2025-03-29T23:00:00Z'],
  ['2025-03-31', 'Europe/Berlin', '2025-03-30T22:00:00Z'],
  ['2025-10-26', 'Europe/Berlin', '2025-10-25T22:00:00Z'],
  ['2025-10-27', 'Europe/Berlin', '2025-10-26T23:00:00Z'],
  ['2025-01-01', 'America/New_York', '2025-01-01T05:00:00Z'],
  ['2025-06-01', 'Asia/Kolkata', '2025-05-31T18:30:00Z'],
  // No midnight: clocks go from 24:00 to 01:00.
  ['2025-04-25', 'Africa/Cairo', '2025-04-24T22:00:00Z'],
  // Two midnights: at 01:00 they go back to 00:00.
  ['2025-11-02', 'America/Havana', '2025-11-02T04:00:00Z'],
])('%s begins in %s at %s', (day, zone, instant) => {
  expect(startOfDay(day, zone)).toBe(instant);
});
