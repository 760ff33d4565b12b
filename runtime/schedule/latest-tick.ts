import { type CronLine, dayNumber, dayText } from '../../compiler/index.ts';
import { microsecondsOf } from './microseconds-of.ts';

/*
 * Everything here is counted in whole minutes since 1970, as ticks are: an instant, or `wall`, what clocks of a zone show then, as if they stood in UTC.
 */
const day = 24 * 60;
/** Clocks are moved by less than this. */
const slack = 3 * 60;
/** A day of any month comes at least every eight years (29 February). */
const longestWait = 8 * 366;

/**
 * The latest instant, not after `before`, at which a cron line is due by the clocks of a zone, as ISO text. A time that a change of clocks leaves out is due as much later as they are moved; one that it
 * repeats is due the first time, and both times where every hour is.
 *
 * @example
 * latestTick(daily, 'Europe/Berlin', '2025-06-02T06:00:00Z') // '2025-06-01T22:00:00Z'
 */
export function latestTick(line: CronLine, zone: string, before: string): string | undefined {
  const tick = findTick(line, zone, minuteOf(before));
  return tick === undefined ? undefined : textOf(tick);
}

/** Every tick from one instant to before another, the earliest first; of more than `most` the latest. */
export function ticksBetween(line: CronLine, zone: string, from: string, to: string, most: number): readonly string[] {
  const found: string[] = [];
  const first = minuteOf(from) + (isWhole(from) ? 0 : 1);
  let end = minuteOf(to) - (isWhole(to) ? 1 : 0);
  while (found.length < most) {
    const tick = findTick(line, zone, end);
    if (tick === undefined || tick < first) break;
    found.push(textOf(tick));
    end = tick - 1;
  }
  return found.reverse();
}

function findTick(line: CronLine, zone: string, end: number): number | undefined {
  const now = wallOf(end, zone);
  const today = Math.floor(now / day);
  let best: number | undefined;
  for (let date = today + 1; date > today - longestWait; date -= 1) {
    // The day before, where clocks went back over midnight.
    if (best !== undefined && date < today - 1) break;
    if (isDue(line, date)) best = latestOf(line, zone, { date, end, latest: now + slack }, best);
  }
  return best;
}

function isDue({ days, months, weekdays, either }: CronLine, date: number): boolean {
  const [, month, dayOfMonth] = dayText(date).split('-').map(Number) as [number, number, number];
  if (!months.includes(month)) return false;
  // 1 January 1970 was a Thursday.
  const [byDate, byWeekday] = [days.includes(dayOfMonth), weekdays.includes((((date + 4) % 7) + 7) % 7)];
  return either ? byDate || byWeekday : byDate && byWeekday;
}

/** The latest tick of a date that has come, or the one that was found before. */
function latestOf(
  { hours, minutes, everyHour }: CronLine,
  zone: string,
  { date, end, latest }: { readonly date: number; readonly end: number; readonly latest: number },
  found: number | undefined,
): number | undefined {
  let best = found;
  let place: number | undefined;
  for (const hour of [...hours].reverse()) {
    for (const minute of [...minutes].reverse()) {
      const wall = date * day + hour * 60 + minute;
      if (wall > latest) continue;
      if (place !== undefined && wall < place - slack) return best;
      const instants = instantsOf(wall, zone);
      for (const instant of everyHour ? instants : instants.slice(0, 1)) {
        if (instant > end || (best !== undefined && instant <= best)) continue;
        best = instant;
        place ??= wall;
      }
    }
  }
  return best;
}

/** The instants at which clocks show a time, the earliest first; of one that they leave out, the one that is as much later. */
function instantsOf(wall: number, zone: string): readonly number[] {
  const early = wall - offsetAt(wall - day, zone);
  const late = wall - offsetAt(wall + day, zone);
  if (early === late) return [early];
  const shown = [early, late].filter((instant) => wallOf(instant, zone) === wall);
  return shown.length > 0 ? shown.sort((a, b) => a - b) : [early];
}

function offsetAt(instant: number, zone: string): number {
  return wallOf(instant, zone) - instant;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallOf(instant: number, zone: string): number {
  if (zone === 'UTC') return instant;
  let format = formats.get(zone);
  if (!format) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts });
    formats.set(zone, format);
  }
  const shown = format.format(instant * 60_000);
  const [month, date, year, hour, minute] = shown.match(/\d+/g)!.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return dayNumber(`${year}-${month}-${date}`) * day + hour * 60 + minute;
}

function minuteOf(instant: string): number {
  return Number(microsecondsOf(instant)! / 60_000_000n);
}

function isWhole(instant: string): boolean {
  return microsecondsOf(instant)! % 60_000_000n === 0n;
}

function textOf(instant: number): string {
  const date = Math.floor(instant / day);
  const two = (part: number) => String(part).padStart(2, '0');
  const ofDay = instant - date * day;
  return `${dayText(date)}T${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}:00Z`;
}
