import type { Grain } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';
import { dayNumber } from '../civil-day.ts';

/** As days are counted: the first of 1970 was a Thursday. */
const weekdays = ['thursday', 'friday', 'saturday', 'sunday', 'monday', 'tuesday', 'wednesday'] as const;

/**
 * Is a day the first of a period of the calendar?
 *
 * @example
 * beginsPeriod('2025-01-06', 'week', { timezone: 'UTC', weekStart: 'monday', fiscalYearStart: 1 }) // true
 */
export function beginsPeriod(day: string, grain: Grain, { weekStart, fiscalYearStart }: Calendar): boolean {
  const [, month, date] = day.split('-').map(Number) as [number, number, number];
  const months = month - fiscalYearStart + 12;
  switch (grain) {
    case 'hour':
    case 'day':
      return true;
    case 'week':
      return weekdays[((dayNumber(day) % 7) + 7) % 7] === weekStart;
    case 'month':
      return date === 1;
    case 'quarter':
      return date === 1 && months % 3 === 0;
    case 'year':
      return date === 1 && months % 12 === 0;
  }
}
