import { elapsed, localDay, periodAfter, periodOf, periodsBetween, startOfDay, type Unit } from './clock.ts';
import { type Asked, byEntity, type Event, known } from './log.ts';

/** Retention by semantics.md §4, cell by cell and member by member. */
export interface Retention {
  readonly occurrence: 'first_ever' | 'first_matching' | 'every_period' | { readonly nth: number };
  readonly every: Unit;
  readonly periods?: number;
  readonly brackets?: readonly number[];
  readonly criteria: 'on' | 'on_or_after' | 'on_or_before' | 'streak';
  readonly interval: 'calendar' | 'rolling';
  readonly periodZero: 'anchor' | 'observed';
  readonly returnAfterAnchor: 'strict' | 'same_instant';
  readonly minOccurrences: number;
  readonly horizon: 'as_of' | { readonly periods: number } | { readonly day: number };
}

export interface Member {
  readonly entity: string;
  readonly cohort: number;
  readonly at: bigint;
}

export interface Cell {
  readonly cohort: number;
  readonly k: string;
  readonly size: number;
  readonly returned: number | null;
  readonly state: 'final' | 'partial' | 'unobservable' | 'empty' | 'as_of';
}

/** Who is in which cohort, and since when. */
export function membersOf(
  anchors: readonly Event[],
  occurrence: Retention['occurrence'],
  every: Unit,
  asked: Asked,
): Member[] {
  const { calendar } = asked;
  const members: Member[] = [];
  for (const [entity, events] of byEntity(known(anchors, asked.asOf))) {
    const matching = events.filter((e) => e.matches ?? true);
    const at = (event: Event): Member => ({
      entity,
      at: event.at,
      cohort: periodOf(localDay(event.at, calendar), every, calendar),
    });
    if (occurrence === 'first_ever') {
      if (events[0]!.matches ?? true) members.push(at(events[0]!));
    } else if (occurrence === 'first_matching') {
      if (matching[0]) members.push(at(matching[0]));
    } else if (occurrence === 'every_period') {
      const seen = new Set<number>();
      for (const member of matching.map(at)) {
        if (!seen.has(member.cohort)) members.push(member);
        seen.add(member.cohort);
      }
    } else {
      const nth = matching[occurrence.nth - 1];
      if (nth) members.push(at(nth));
    }
  }
  return members.filter(({ at }) => {
    const day = localDay(at, calendar);
    return day >= asked.from && day < asked.to;
  });
}

/** First and last interval of each cell, and its name. Brackets are lengths, one after the other from interval 1 on. */
function intervals({ periods, brackets }: Retention): { first: number; last: number; name: string }[] {
  if (!brackets) return Array.from({ length: periods! + 1 }, (_, k) => ({ first: k, last: k, name: String(k) }));
  const all = brackets.map((length, i) => {
    const first = 1 + brackets.slice(0, i).reduce((sum, one) => sum + one, 0);
    const last = first + length - 1;
    return { first, last, name: first === last ? String(first) : `${first}-${last}` };
  });
  return [{ first: 0, last: 0, name: '0' }, ...all];
}

export function retention(anchors: readonly Event[], returns: readonly Event[], rule: Retention, asked: Asked): Cell[] {
  const { calendar, asOf } = asked;
  const members = membersOf(anchors, rule.occurrence, rule.every, asked);
  const events = byEntity(known(returns, asOf));
  const cells = intervals(rule);

  const start = (member: Member, k: number): bigint =>
    rule.interval === 'rolling'
      ? member.at + BigInt(k) * elapsed(rule.every)
      : startOfDay(periodAfter(member.cohort, rule.every, k), calendar);

  /** Up to where `on_or_after` looks. */
  const horizon = (member: Member): bigint => {
    if (rule.criteria !== 'on_or_after' || typeof rule.horizon !== 'object') return asOf;
    return 'day' in rule.horizon ? startOfDay(rule.horizon.day, calendar) : start(member, rule.horizon.periods + 1);
  };

  /** Whether the member has returns enough in these intervals. */
  const isBack = (member: Member, { first, last }: { first: number; last: number }): boolean => {
    const low = start(member, first);
    const end = start(member, last + 1);
    const high = horizon(member) < end ? horizon(member) : end;
    const counted = (events.get(member.entity) ?? []).filter((e) => {
      if (e.at < low || e.at >= high) return false;
      return rule.returnAfterAnchor === 'strict' ? e.at > member.at : e.at >= member.at;
    });
    return counted.length >= rule.minOccurrences;
  };

  /** Intervals beyond the last cell count for `on_or_after`: as many as there can be data for. */
  const isBackLater = (member: Member, i: number): boolean => {
    if (cells.slice(i).some((cell) => isBack(member, cell))) return true;
    for (let k = cells.at(-1)!.last + 1; start(member, k) < asOf; k++)
      if (isBack(member, { first: k, last: k })) return true;
    return false;
  };

  const counts = (member: Member, i: number): boolean => {
    if (i === 0 && rule.periodZero === 'anchor') return true;
    if (rule.criteria === 'on_or_after') return isBackLater(member, i);
    if (i === 0 || rule.criteria === 'on') return isBack(member, cells[i]!);
    const before = cells.slice(1, i + 1).map((cell) => isBack(member, cell));
    return rule.criteria === 'streak' ? before.every(Boolean) : before.some(Boolean);
  };

  return periodsBetween(asked.from, asked.to, rule.every, calendar).flatMap((cohort) => {
    const inCohort = members.filter((m) => m.cohort === cohort);
    const cohortEnd = periodAfter(cohort, rule.every, 1);
    const isWhole = cohort >= asked.from && cohortEnd <= asked.to;
    return cells.map(({ first, last, name }, i): Cell => {
      const size = inCohort.length;
      const common = { cohort, k: name, size };
      if (startOfDay(cohort, calendar) >= asOf || size === 0)
        return {
          ...common,
          returned: null,
          state: size === 0 && startOfDay(cohort, calendar) < asOf ? 'empty' : 'unobservable',
        };
      if (inCohort.every((m) => start(m, first) >= asOf)) return { ...common, returned: null, state: 'unobservable' };
      const returned = inCohort.filter((m) => counts(m, i)).length;
      if (rule.criteria === 'on_or_after') return { ...common, returned, state: 'as_of' };
      const isClosed = startOfDay(cohortEnd, calendar) <= asOf && inCohort.every((m) => start(m, last + 1) <= asOf);
      return { ...common, returned, state: isClosed && isWhole ? 'final' : 'partial' };
    });
  });
}

/** The mean over cohorts: sums over sums, or the mean of the rates, of cells that are final (or partial, where asked for). */
export function meanOver(cells: readonly Cell[], k: string, mean: 'pooled' | 'simple', includePartial = false) {
  const states = ['final', 'as_of', ...(includePartial ? ['partial'] : [])];
  const used = cells.filter((c) => c.k === k && states.includes(c.state));
  if (used.length === 0) return { k, size: null, returned: null, rate: null };
  const size = used.reduce((n, c) => n + c.size, 0);
  const returned = used.reduce((n, c) => n + c.returned!, 0);
  const simple = used.reduce((n, c) => n + c.returned! / c.size, 0) / used.length;
  return { k, size, returned, rate: mean === 'simple' ? simple : returned / size };
}
