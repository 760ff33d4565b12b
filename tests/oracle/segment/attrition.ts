import { all, verdictOf } from './conditions.ts';
import type { SegmentWorld, Verdict, Written, WrittenSegment } from './world.ts';

export interface AttritionRow {
  /** `1`, `2`, and in a group `2.1`; of an exclusion its name. */
  readonly condition: string;
  /** For how many it does not hold, unknown included. */
  readonly fails: number;
  readonly unknown: number;
  /** Of those whom all before it have left: for how many it does not hold. None inside a group. */
  readonly removed: number | null;
  /** Who would be a member if it alone were dropped. */
  readonly sole: number;
}

/** A mark where a condition stands that is dropped: it leaves its group, and an empty group leaves its own. */
const dropped = Symbol('dropped');

/** What the rule says of one entity without the condition at `path`. */
function verdictWithout(
  condition: Written,
  path: readonly number[],
  of: (c: Written) => Verdict,
): Verdict | typeof dropped {
  if (path.length === 0) return dropped;
  const [first, ...rest] = path;
  if ('not' in condition) {
    const inner = verdictWithout(condition.not as Written, rest, of);
    return inner === dropped ? dropped : inner === null ? null : !inner;
  }
  const key = 'all' in condition ? 'all' : 'any';
  const verdicts = (condition[key] as Written[]).flatMap((one, i) => {
    const verdict = i + 1 === first ? verdictWithout(one, rest, of) : of(one);
    return verdict === dropped ? [] : [verdict];
  });
  if (verdicts.length === 0) return dropped;
  if (key === 'all') return all(verdicts);
  return verdicts.includes(true) ? true : verdicts.includes(null) ? null : false;
}

/** Conditions of a rule with their paths; those of `all` at the top are the top-level ones, any other rule is one itself. */
function conditionsOf(rule: Written): { readonly condition: Written; readonly path: readonly number[] }[] {
  const below = (condition: Written, path: readonly number[]): ReturnType<typeof conditionsOf> => {
    const children = (condition.all ?? condition.any ?? (condition.not ? [condition.not] : [])) as Written[];
    return children.flatMap((child, i) => [
      { condition: child, path: [...path, i + 1] },
      ...below(child, [...path, i + 1]),
    ]);
  };
  return 'all' in rule ? below(rule, []) : below({ all: [rule] }, []);
}

export function attritionOf(segment: WrittenSegment, world: SegmentWorld): AttritionRow[] {
  const rule: Written = 'all' in segment.where! ? segment.where! : { all: [segment.where!] };
  const exclude = segment.exclude ?? [];
  const entities = [...world.population.keys()];
  const isExcluded = (name: string, e: string) => world.exclusions[name]!.has(e);
  const conditions = conditionsOf(rule);
  let left = entities;
  const ofRule = conditions.map(({ condition, path }): AttritionRow => {
    const verdicts = new Map(entities.map((e) => [e, verdictOf(condition, e, world)]));
    const isTop = path.length === 1;
    const before = left;
    if (isTop) left = left.filter((e) => verdicts.get(e) === true);
    const sole = entities.filter((e) => {
      if (exclude.some((name) => isExcluded(name, e)) || verdictOf(rule, e, world) === true) return false;
      const without = verdictWithout(rule, path, (c) => verdictOf(c, e, world));
      return without === true || without === dropped;
    });
    return {
      condition: path.join('.'),
      fails: [...verdicts.values()].filter((v) => v !== true).length,
      unknown: [...verdicts.values()].filter((v) => v === null).length,
      removed: isTop ? before.length - left.length : null,
      sole: sole.length,
    };
  });
  const ofExclusions = exclude.map((name): AttritionRow => {
    const before = left;
    left = left.filter((e) => !isExcluded(name, e));
    return {
      condition: name,
      fails: entities.filter((e) => isExcluded(name, e)).length,
      unknown: 0,
      removed: before.length - left.length,
      sole: entities.filter(
        (e) =>
          isExcluded(name, e) &&
          verdictOf(rule, e, world) === true &&
          exclude.every((other) => other === name || !isExcluded(other, e)),
      ).length,
    };
  });
  return [...ofRule, ...ofExclusions];
}
