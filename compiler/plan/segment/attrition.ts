import { childrenOf, isGroup, leafConditions, placeConditions, topConditions } from './placed.ts';
import type { Condition } from './rule.ts';

type Verdict = boolean | null;

/** How many entities have the same marks: one for each condition that is no group, then one for each exclusion. */
export interface MaskCount {
  readonly mask: string;
  readonly entities: number;
}

export interface AttritionRow {
  /** `1`, `2`, in a group `2.1`; of an exclusion its name. */
  readonly condition: string;
  /** For how many it does not hold; those for whom it is unknown are among them. */
  readonly fails: number;
  readonly unknown: number;
  /** Of those that all conditions before it have left: for how many it does not hold. Null inside a group, where nobody is removed. */
  readonly removed: number | null;
  /** How many more members there would be if it alone were dropped. */
  readonly sole: number;
}

export const attritionColumns: readonly (keyof AttritionRow)[] = ['condition', 'fails', 'unknown', 'removed', 'sole'];

export interface Attrition {
  readonly population: number;
  readonly members: number;
  /** Not excluded, and the rule cannot tell. */
  readonly unknown: number;
  readonly rows: readonly AttritionRow[];
}

/** Who meets what, for one mask. */
interface Group {
  readonly entities: number;
  readonly marks: ReadonlyMap<string, Verdict>;
  readonly excluded: readonly boolean[];
  /** Conditions of the same index, and their verdicts. */
  readonly holds: readonly Verdict[];
}

/** Semantics.md §9 from the masks alone: they are few, whatever the number of entities. */
export function countAttrition(rule: Condition, exclude: readonly string[], masks: readonly MaskCount[]): Attrition {
  const whole: Condition = { kind: 'all', of: topConditions(rule) };
  const placed = placeConditions(rule);
  const leaves = leafConditions(rule);
  const groups = masks.map(({ mask, entities }): Group => {
    const marks = new Map(leaves.map(({ path }, i) => [path, markOf(mask[i]!)]));
    const excluded = exclude.map((_, i) => mask[leaves.length + i] === '1');
    const holds = placed.map(({ condition, path }) => evaluate(condition, path, marks));
    return { entities, marks, excluded, holds };
  });
  const count = (test: (group: Group) => boolean) =>
    groups.reduce((sum, group) => sum + (test(group) ? group.entities : 0), 0);
  const ruleOf = ({ marks }: Group) => evaluate(whole, '', marks);
  const isOut = ({ excluded }: Group) => excluded.includes(true);
  let isLeft: (group: Group) => boolean = () => true;
  const removedBy = (holds: (group: Group) => boolean): number => {
    const before = isLeft;
    isLeft = (group) => before(group) && holds(group);
    return count(before) - count(isLeft);
  };
  const ofRule = placed.map(({ path }, i): AttritionRow => {
    const isTop = !path.includes('.');
    return {
      condition: path,
      fails: count(({ holds }) => holds[i] !== true),
      unknown: count(({ holds }) => holds[i] === null),
      removed: isTop ? removedBy(({ holds }) => holds[i] === true) : null,
      sole: count((group) => !isOut(group) && ruleOf(group) !== true && holdsWithout(whole, path, group)),
    };
  });
  const ofExclusions = exclude.map(
    (name, i): AttritionRow => ({
      condition: name,
      fails: count(({ excluded }) => excluded[i]!),
      unknown: 0,
      removed: removedBy(({ excluded }) => !excluded[i]),
      sole: count(
        (group) => group.excluded[i]! && ruleOf(group) === true && group.excluded.every((out, k) => k === i || !out),
      ),
    }),
  );
  return {
    population: count(() => true),
    members: count((group) => !isOut(group) && ruleOf(group) === true),
    unknown: count((group) => !isOut(group) && ruleOf(group) === null),
    rows: [...ofRule, ...ofExclusions],
  };
}

function markOf(mark: string): Verdict {
  return mark === '1' ? true : mark === '0' ? false : null;
}

/** The verdict on each condition and exclusion of one entity, by the places of `AttritionRow.condition`; an exclusion holds where it does not exclude. */
export function readMask(rule: Condition, exclude: readonly string[], mask: string): ReadonlyMap<string, Verdict> {
  const leaves = leafConditions(rule);
  const marks = new Map(leaves.map(({ path }, i) => [path, markOf(mask[i]!)]));
  return new Map([
    ...placeConditions(rule).map(({ path, condition }) => [path, evaluate(condition, path, marks)] as const),
    ...exclude.map((name, i) => [name, mask[leaves.length + i] !== '1'] as const),
  ]);
}

/** `without`: the path of the condition that is left out, and with it a group that holds nothing else; undefined where nothing is left. */
function evaluateWithout(
  condition: Condition,
  path: string,
  marks: ReadonlyMap<string, Verdict>,
  without: string | undefined,
): Verdict | undefined {
  if (path === without) return undefined;
  if (!isGroup(condition)) return marks.get(path)!;
  const verdicts = childrenOf(condition).flatMap((child, i) => {
    const verdict = evaluateWithout(child, path === '' ? `${i + 1}` : `${path}.${i + 1}`, marks, without);
    return verdict === undefined ? [] : [verdict];
  });
  if (verdicts.length === 0) return undefined;
  if (condition.kind === 'not') return verdicts[0] === null ? null : !verdicts[0];
  const decides = condition.kind === 'any';
  if (verdicts.includes(decides)) return decides;
  return verdicts.includes(null) ? null : !decides;
}

function evaluate(condition: Condition, path: string, marks: ReadonlyMap<string, Verdict>): Verdict {
  return evaluateWithout(condition, path, marks, undefined)!;
}

function holdsWithout(whole: Condition, path: string, { marks }: Group): boolean {
  const verdict = evaluateWithout(whole, '', marks, path);
  // A rule of which nothing is left takes everyone.
  return verdict === undefined || verdict === true;
}
