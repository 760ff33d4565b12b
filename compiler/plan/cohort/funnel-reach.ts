import { elapsedSql } from './length.ts';
import type { FunnelRule } from './rule.ts';

/** The events of a funnel with what lies ahead of each, and per step whether an attempt that begins at an event reaches it (null: it does not). */
export interface Reach {
  readonly tables: readonly [string, string][];
  /** The last of the tables, one row per event of the funnel. */
  readonly from: string;
  readonly reached: readonly string[];
}

/**
 * Which steps an attempt reaches, told from the end: whether an event leads to a step, and when it is reached at best, follows from the same of the events after it. So one look through
 * each entity's events in descending order per pair of steps is enough, and the cost grows with the events and never with pairs of events (an engine that guesses their number wrongly
 * joined 100,000 views with 100,000 views).
 */
export function reachSql(rule: FunnelRule, sources: number): Reach {
  return rule.order === 'any' ? anyOrder(rule) : inOrder(rule, sources);
}

/**
 * `later_s_k`: of an event of step s, when step k is reached at best (`window_from: first_step`), or when the nearest event of step s + 1 comes from which k is reached in time
 * (`previous_step`: the nearest is the one most likely to be in time). Table by table k lies one step further ahead.
 */
function inOrder(rule: FunnelRule, sources: number): Reach {
  const last = rule.steps.length;
  const tables: [string, string][] = [];
  let from = 'steps';
  for (let ahead = 1; ahead < last; ahead++) {
    const later = [];
    for (let step = 1; step + ahead <= last; step++) {
      const value = leadingSql(rule, step + 1, step + ahead);
      later.push(`${nextSql(rule, sources, value)} as later_${step}_${step + ahead}`);
    }
    tables.push([`ahead_${ahead}`, `select e.*, ${later.join(', ')} from ${from} as e`]);
    from = `ahead_${ahead}`;
  }
  const reached = rule.steps.map((_, i) => (i === 0 ? 'true' : withinSql(rule, `later_1_${i + 1}`)));
  return { tables, from, reached };
}

/** Of an event of `step` that leads to `goal`: what the events before it go by; null of all others. */
function leadingSql(rule: FunnelRule, step: number, goal: number): string {
  if (step === goal) return `case when is_step_${step} then at end`;
  const later = `later_${step}_${goal}`;
  if (rule.windowFrom === 'first_step') return `case when is_step_${step} then ${later} end`;
  return `case when is_step_${step} and ${withinSql(rule, later)} then at end`;
}

/**
 * The least of a value among the events that may come next: all that follow, or with `order: strict` those between which and this one no other stands. Of the same source what follows has
 * a higher place; of another one, a later instant.
 */
function nextSql({ order }: FunnelRule, sources: number, value: string): string {
  const own = `over (partition by entity, source order by place desc`;
  const all = `over (partition by entity order by at desc`;
  if (order === 'strict') {
    const next = `lag(${value}) ${own})`;
    if (sources === 1) return next;
    // Whatever is first of its source at the next instant is next, unless this instant has another of the same source.
    const atNext = `min(case when is_first then ${value} end) ${all} groups between 1 preceding and 1 preceding)`;
    return `case when lag(at) ${own}) = at then ${next} else ${atNext} end`;
  }
  const ownNext = `min(${value}) ${own} rows between unbounded preceding and 1 preceding)`;
  if (sources === 1) return ownNext;
  return `least(${ownNext}, min(${value}) ${all} groups between unbounded preceding and 1 preceding))`;
}

/** All steps up to one within the time from the first of them, whichever it is. */
function anyOrder(rule: FunnelRule): Reach {
  const next = rule.steps.map(
    (_, i) =>
      `min(case when is_step_${i + 1} then at end) over (partition by entity order by at desc range between unbounded preceding and current row) as next_${i + 1}`,
  );
  const done = rule.steps.map((_, i) => withinSql(rule, `next_${i + 1}`));
  return {
    tables: [['ahead', `select e.*, ${next.join(', ')} from steps as e`]],
    from: 'ahead',
    reached: done.map((_, i) => done.slice(0, i + 1).join(' and ')),
  };
}

function withinSql({ within, bound }: FunnelRule, later: string): string {
  return `${later} ${bound === 'inclusive' ? '<=' : '<'} at + ${elapsedSql(within)}`;
}
