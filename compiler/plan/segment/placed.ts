import type { Condition } from './rule.ts';

/** A condition with its place in the rule: `2` is the second at the top, `2.1` the first of the group that stands there. */
export interface Placed {
  readonly path: string;
  readonly condition: Condition;
}

/** Those of `all` at the top are the top-level conditions; any other rule is one itself. */
export function topConditions(rule: Condition): readonly Condition[] {
  return rule.kind === 'all' ? rule.of : [rule];
}

/** Every condition of a rule, groups before what is in them. */
export function placeConditions(rule: Condition): readonly Placed[] {
  return topConditions(rule).flatMap((condition, i) => below(condition, `${i + 1}`));
}

function below(condition: Condition, path: string): Placed[] {
  return [{ path, condition }, ...childrenOf(condition).flatMap((child, i) => below(child, `${path}.${i + 1}`))];
}

export function childrenOf(condition: Condition): readonly Condition[] {
  if (condition.kind === 'all' || condition.kind === 'any') return condition.of;
  return condition.kind === 'not' ? [condition.of] : [];
}

export function isGroup({ kind }: Condition): boolean {
  return kind === 'all' || kind === 'any' || kind === 'not';
}

/** The conditions that are answered by themselves, in the order of the marks of a mask. */
export function leafConditions(rule: Condition): readonly Placed[] {
  return placeConditions(rule).filter(({ condition }) => !isGroup(condition));
}
