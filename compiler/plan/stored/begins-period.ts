import type { Grain } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';
import { dayNumber } from '../civil-day.ts';

/** From 1970-01-01 on, which was a Thursday. */
const weekdays = ['thursday', 'friday', 'saturday', 'sunday', 'monday', 'tuesday', 'wednesday'] as const;

/**
 * Is a day the first of a period of the calendar?
 *
 * @example
 * beginsPeriod('2025-01-06', 'week', { timezone: 'UTC', weekStart: 'monday', fiscalYearStart: 1 }) // true
 */
export function beginsPeriod(day: string, grain: Grain, { weekStart, fiscalYearStart }: Calendar): boolean {
  const number = dayNumber(day);
  const [month, date] = day.split('-').slice(1).map(Number) as [number, number];
  const months = month - fiscalYearStart + 12;
  switch (grain) {
    case 'hour':
    case 'day':
      return true;
    case 'week':
      return weekdays[((number % 7) + 7) % 7] === weekStart;
    case 'month':
      return date === 1;
    case 'quarter':
      return date === 1 && months % 3 === 0;
    case 'year':
      return date === 1 && months % 12 === 0;
  }
}
