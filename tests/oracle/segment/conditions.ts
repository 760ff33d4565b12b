import { dayOf, instant, localDay, microsPerDay, microsPerHour, startOfDay } from '../cohort/clock.ts';
import type { SegmentEvent, SegmentWorld, Verdict, Written } from './world.ts';

/*
 * One entity, one condition, one verdict: semantics.md §9 read aloud. Between instants a day is 24 hours. What an event condition counts is always known, nothing done being a count
 * of 0; only properties, metrics without rows and what is made of these can be unknown.
 */

/** `30 days` in microseconds. */
export function lengthOf(text: string): bigint {
  const [count, unit] = text.split(' ');
  const one = unit!.replace(/s$/, '');
  const micros = {
    second: 1_000_000n,
    minute: 60_000_000n,
    hour: microsPerHour,
    day: microsPerDay,
    week: 7n * microsPerDay,
    month: 30n * microsPerDay,
  }[one as 'day'];
  return BigInt(count!) * micros;
}

export function compare(value: number, threshold: string): boolean {
  const [, operator, number] = /^(=|<>|<=|>=|<|>) *(-?[\d.]+)$/.exec(threshold)!;
  const limit = Number(number);
  switch (operator) {
    case '=':
      return value === limit;
    case '<>':
      return value !== limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    default:
      return value >= limit;
  }
}

export function verdictOf(condition: Written, entity: string, world: SegmentWorld): Verdict {
  if ('all' in condition) return all((condition.all as Written[]).map((one) => verdictOf(one, entity, world)));
  if ('any' in condition) {
    const each = (condition.any as Written[]).map((one) => verdictOf(one, entity, world));
    return not(all(each.map(not)));
  }
  if ('not' in condition) return not(verdictOf(condition.not as Written, entity, world));
  if ('did' in condition) return did(condition, entity, world);
  if ('did_not' in condition) {
    const { did_not: activity, ...rest } = condition;
    return !did({ ...rest, did: activity }, entity, world);
  }
  if ('first' in condition || 'last' in condition) return edge(condition, entity, world);
  if ('sequence' in condition) return sequence(condition, entity, world);
  if ('property' in condition) return world.sql[condition.property as string]!(world.population.get(entity)!);
  if ('metric' in condition) {
    const since = condition.within === undefined ? undefined : world.asOf - lengthOf(condition.within as string);
    const value = world.metric!(condition.metric as string, entity, since);
    return value === null ? null : compare(value, condition.is as string);
  }
  if ('segment' in condition) return memberVerdict(condition.segment as string, entity, world);
  if ('list' in condition) return world.lists[condition.list as string]!.includes(entity);
  throw new Error(`no such condition: ${JSON.stringify(condition)}`);
}

/** Who is excluded is out, whatever the rule says. */
export function memberVerdict(name: string, entity: string, world: SegmentWorld): Verdict {
  const segment = world.segments[name]!;
  if ((segment.exclude ?? []).some((one) => world.exclusions[one]!.has(entity))) return false;
  return verdictOf(segment.where!, entity, world);
}

export function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(null) ? null : true;
}

export function not(verdict: Verdict): Verdict {
  return verdict === null ? null : !verdict;
}

/** The entity's events before the cut, where they match. */
function eventsOf(activity: string, where: unknown, entity: string, world: SegmentWorld): SegmentEvent[] {
  return world
    .events(activity)
    .filter((e) => e.entity === entity && e.at < world.asOf)
    .filter((e) => where === undefined || world.sql[where as string]!(e.row ?? {}) === true);
}

function timesOf(events: readonly SegmentEvent[]): bigint[] {
  return events.map((e) => e.at).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A day stands for its first instant. */
function edgeOf(text: string, world: SegmentWorld): bigint {
  return text.includes('T') ? instant(text) : startOfDay(dayOf(text), world.calendar);
}

/** From where to where events count; undefined: nowhere. */
function windowOf(c: Written, entity: string, world: SegmentWorld): readonly [bigint, bigint] | undefined {
  if (c.within !== undefined) return [world.asOf - lengthOf(c.within as string), world.asOf];
  if (c.between !== undefined) {
    const [from, to] = c.between as [string, string];
    return [edgeOf(from, world), edgeOf(to, world)];
  }
  if (c.since !== undefined) {
    const since = c.since as Record<string, string>;
    const times = timesOf(eventsOf(since.first ?? since.last!, undefined, entity, world));
    const start = since.first === undefined ? times.at(-1) : times[0];
    if (start === undefined) return undefined;
    return [start, since.within === undefined ? world.asOf : start + lengthOf(since.within)];
  }
  return [-(10n ** 18n), world.asOf];
}

function did(c: Written, entity: string, world: SegmentWorld): boolean {
  const window = windowOf(c, entity, world);
  const events = eventsOf(c.did as string, c.where, entity, world).filter(
    (e) => window !== undefined && e.at >= window[0] && e.at < window[1],
  );
  const values = events.flatMap((e) => (e.value === null || e.value === undefined ? [] : [e.value]));
  const sum = values.reduce((a, b) => a + b, 0);
  const days = new Set(events.map((e) => localDay(e.at, world.calendar))).size;
  const holds = (key: string, value: number | undefined) =>
    c[key] === undefined || (value !== undefined && compare(value, c[key] as string));
  if (c.times === undefined && c.days === undefined && events.length === 0) return false;
  return (
    holds('times', events.length) &&
    holds('days', days) &&
    holds('sum', sum) &&
    holds('avg', values.length === 0 ? undefined : sum / values.length) &&
    holds('min', values.length === 0 ? undefined : Math.min(...values)) &&
    holds('max', values.length === 0 ? undefined : Math.max(...values))
  );
}

function edge(c: Written, entity: string, world: SegmentWorld): boolean {
  const times = timesOf(eventsOf((c.first ?? c.last) as string, c.where, entity, world));
  const at = c.first === undefined ? times.at(-1) : times[0];
  if (at === undefined) return false;
  if (c.before !== undefined) return at < world.asOf - lengthOf(c.before as string);
  const [from, to] = windowOf(c, entity, world)!;
  return at >= from && at < to;
}

/** Tries every choice of events. */
function sequence(c: Written, entity: string, world: SegmentWorld): boolean {
  const from = c.within === undefined ? undefined : world.asOf - lengthOf(c.within as string);
  const steps = (c.sequence as string[]).map((activity) =>
    eventsOf(activity, undefined, entity, world).filter((e) => from === undefined || e.at >= from),
  );
  const follow = (step: number, before: SegmentEvent | undefined): boolean =>
    step === steps.length ||
    steps[step]!.some((e) => (before === undefined || follows(e, before)) && follow(step + 1, e));
  return follow(0, undefined);
}

/** Later, or at the same instant later by the key of one model. */
function follows(b: SegmentEvent, a: SegmentEvent): boolean {
  return b.at > a.at || (b.at === a.at && b.model === a.model && b.key > a.key);
}
