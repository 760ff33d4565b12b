/* What data tests must find, said as plainly as it can be: over arrays, day by day, in no hurry. Shares no code with the compiler. */

export interface OracleEvent {
  readonly id: number;
  readonly name: string;
  /** Milliseconds since 1970; null: without a time. */
  readonly at: number | null;
  readonly who: string | null;
}

/** Ids of `then` events before which (or at the same instant) the same `who` has no `first`. */
export function brokenSequences(events: readonly OracleEvent[], first: string, then: string): readonly number[] {
  return judgedSequences(events, then)
    .filter(
      (one) =>
        !events.some(
          (other) => other.name === first && other.who === one.who && other.at !== null && other.at <= one.at!,
        ),
    )
    .map(({ id }) => id);
}

export function judgedSequences(events: readonly OracleEvent[], then: string): readonly OracleEvent[] {
  return events.filter(({ name, who, at }) => name === then && who !== null && at !== null);
}

export interface VolumeRule {
  readonly per: 'hour' | 'day' | 'week' | 'month';
  readonly within: number;
  readonly over: number;
  readonly zone: string;
}

export interface Volume {
  readonly rows: number;
  readonly usual: number;
  readonly borne: number;
  readonly fails: boolean;
}

const minute = 60_000;
const hour = 60 * minute;

/** The last complete period against those like it in the window before; undefined where nothing is judged. */
export function judgeVolume(
  instants: readonly number[],
  completeThrough: number,
  rule: VolumeRule,
): Volume | undefined {
  if (instants.length === 0) return undefined;
  const nameOf = (at: number) => periodName(at, rule);
  const open = nameOf(completeThrough);
  // Walk back to the last instant that is not in the open period.
  let inLast = completeThrough;
  while (nameOf(inLast) === open) inLast -= 15 * minute;
  const last = nameOf(inLast);
  const first = nameOf(Math.min(...instants));
  const points: { readonly name: string; readonly at: number; rows: number }[] = [];
  for (let at = inLast; points.length < 2000; at -= 30 * minute) {
    const name = nameOf(at);
    if (name < first || !isInWindow(name, last, rule)) break;
    if (points.at(-1)?.name !== name) points.push({ name, at, rows: 0 });
  }
  for (const at of instants) {
    const point = points.find(({ name }) => name === nameOf(at));
    if (point) point.rows += 1;
  }
  const [judged, ...before] = points;
  if (judged?.name !== last || before.length < 8) return undefined;
  const alike = before.filter(({ at }) => isAlike(at, judged.at, rule)).map(({ rows }) => rows);
  const usual = median(alike);
  if (usual === undefined || usual === 0) return undefined;
  const scatter = median(alike.map((rows) => Math.abs(rows - usual)))!;
  const borne = Math.round(Math.max(usual * rule.within, 3 * scatter) * 100) / 100;
  return { rows: judged.rows, usual, borne, fails: Math.abs(judged.rows - usual) > borne };
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2025-03-30T02:45` by the clocks of a zone. */
function localTime(at: number, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    const digits = '2-digit' as const;
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  return format.format(at).replace(' ', 'T');
}

/** Names sort as the periods follow one another; an hour that the clocks repeat is two. */
function periodName(at: number, { per, zone }: VolumeRule): string {
  const local = localTime(at, zone);
  const day = local.slice(0, 10);
  if (per === 'day') return day;
  if (per === 'month') return day.slice(0, 7);
  if (per === 'week') return shiftDay(day, -((weekdayOf(day) + 6) % 7));
  return new Date(at - Number(local.slice(14, 16)) * minute - (at % minute)).toISOString();
}

function isInWindow(name: string, last: string, { per, over }: VolumeRule): boolean {
  if (per === 'hour') return Date.parse(name) >= Date.parse(last) - over * 24 * hour;
  const firstDay = (period: string) => (per === 'month' ? `${period}-01` : period);
  return firstDay(name) >= shiftDay(firstDay(last), -over);
}

function isAlike(at: number, other: number, { per, zone }: VolumeRule): boolean {
  if (per === 'week' || per === 'month') return true;
  const [a, b] = [localTime(at, zone), localTime(other, zone)];
  if (weekdayOf(a.slice(0, 10)) !== weekdayOf(b.slice(0, 10))) return false;
  return per === 'day' || a.slice(11, 13) === b.slice(11, 13);
}

/** 0 is Sunday. */
function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * hour).toISOString().slice(0, 10);
}
