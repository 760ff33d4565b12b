import { type CronLine, parseCron } from './cron.ts';
import type { Weekday } from './project.ts';

/** How often something is computed: by a cron line of the calendar's zone, or only when it is asked for. */
export type Schedule = { readonly kind: 'cron'; readonly line: CronLine } | { readonly kind: 'on_demand' };

const days: readonly Weekday[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/**
 * `hourly`, `daily`, `weekly` (on the calendar's first day of the week), `on_demand` or a cron line; a text says what is wrong with it.
 *
 * @example
 * parseSchedule('weekly', 'monday') // { kind: 'cron', line: … as of `0 0 * * 1` }
 */
export function parseSchedule(text: string, weekStart: Weekday): Schedule | string {
  if (text === 'on_demand') return { kind: 'on_demand' };
  const named: Readonly<Record<string, string>> = {
    hourly: '0 * * * *',
    daily: '0 0 * * *',
    weekly: `0 0 * * ${days.indexOf(weekStart)}`,
  };
  const line = parseCron(named[text] ?? text);
  return typeof line === 'string' ? line : { kind: 'cron', line };
}
