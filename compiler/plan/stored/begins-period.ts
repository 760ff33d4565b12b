import type { Grain } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/**
 * Is a day the first of a period of the calendar?
 *
 * @example
 * beginsPeriod('2025-01-06', 'week', { timezone: 'UTC', weekStart: 'monday', fiscalYearStart: 1 }) // true
 */
export function beginsPeriod(day: string, grain: Grain, { weekStart, fiscalYearStart }: Calendar): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  const months = date.getUTCMonth() - (fiscalYearStart - 1) + 12;
  switch (grain) {
    case 'hour':
    case 'day':
      return true;
    case 'week':
      return weekdays[date.getUTCDay()] === weekStart;
    case 'month':
      return date.getUTCDate() === 1;
    case 'quarter':
      return date.getUTCDate() === 1 && months % 3 === 0;
    case 'year':
      return date.getUTCDate() === 1 && months % 12 === 0;
  }
}
