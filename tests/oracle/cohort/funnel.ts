import { localDay } from './clock.ts';
import { type Asked, byEntity, type Event, known } from './log.ts';

export interface Funnel {
  readonly within: bigint;
  readonly entry: 'first' | 'any';
  readonly windowFrom: 'first_step' | 'previous_step';
  readonly bound: 'inclusive' | 'exclusive';
  readonly order: 'sequential' | 'strict' | 'any';
  readonly count: 'entities' | 'attempts';
}

/** An event that is one or several of the funnel's steps (0 …). */
export interface StepEvent extends Event {
  readonly steps: readonly number[];
}

/** Does `b` come after `a`? Between two models a tie in time never follows. */
function follows(a: StepEvent, b: StepEvent): boolean {
  return b.at > a.at || (b.at === a.at && a.model === b.model && b.key > a.key);
}

/** How many come as far as each step, by trying every way through every attempt. */
export function funnel(events: readonly StepEvent[], steps: number, rule: Funnel, asked: Asked): number[] {
  const reached = new Map<string, number[]>();
  for (const [entity, list] of byEntity(known(events, asked.asOf))) {
    const entries = list.filter((e) => rule.order === 'any' || e.steps.includes(0));
    const started = rule.entry === 'first' ? entries.slice(0, 1) : entries;
    const length = rule.windowFrom === 'previous_step' ? rule.within * BigInt(steps - 1) : rule.within;
    const closed = started.filter((e) =>
      rule.bound === 'inclusive' ? e.at + length < asked.asOf : e.at + length <= asked.asOf,
    );
    const counted = closed.filter((e) => {
      const day = localDay(e.at, asked.calendar);
      return day >= asked.from && day < asked.to;
    });
    reached.set(
      entity,
      counted.map((entry) => depthOf(entry, list, steps, rule)),
    );
  }
  return Array.from({ length: steps }, (_, i) => {
    const depths = [...reached.values()];
    if (rule.count === 'attempts') return depths.flat().filter((depth) => depth > i).length;
    return depths.filter((list) => list.some((depth) => depth > i)).length;
  });
}

function depthOf(entry: StepEvent, list: readonly StepEvent[], steps: number, rule: Funnel): number {
  const isInside = (from: StepEvent, e: StepEvent) =>
    rule.bound === 'inclusive' ? e.at - from.at <= rule.within : e.at - from.at < rule.within;
  if (rule.order === 'any') {
    const done = new Set(list.filter((e) => e.at >= entry.at && isInside(entry, e)).flatMap((e) => e.steps));
    let depth = 0;
    while (depth < steps && done.has(depth)) depth++;
    return depth;
  }
  let best = 1;
  const go = (at: StepEvent, depth: number): void => {
    best = Math.max(best, depth);
    if (depth === steps) return;
    const later = list.filter((e) => follows(at, e));
    for (const next of later.filter((e) => e.steps.includes(depth))) {
      if (!isInside(rule.windowFrom === 'first_step' ? entry : at, next)) continue;
      const isBroken = rule.order === 'strict' && list.some((e) => isBetween(at, e, next));
      if (!isBroken) go(next, depth + 1);
    }
  };
  go(entry, 1);
  return best;
}

/** Whether another event of the funnel stands between two. One at the same instant in another model stands beside them, not between. */
function isBetween(a: StepEvent, e: StepEvent, b: StepEvent): boolean {
  return follows(a, e) && follows(e, b);
}
