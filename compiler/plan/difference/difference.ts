import type { CatalogMetric } from '../catalog.ts';
import type { Meaning } from './meaning.ts';
import type { OneOf, SqlParts } from './sql-parts.ts';

/** One thing in which a definition differs from another, said of the one. SQL in it is canonical. */
export type Difference =
  | { readonly kind: 'model'; readonly is: string; readonly not: string }
  | { readonly kind: 'formula'; readonly is: string; readonly not: string }
  | { readonly kind: 'term'; readonly does: boolean; readonly sign: '+' | '-'; readonly sql: string }
  | { readonly kind: 'condition'; readonly does: boolean; readonly sql: string }
  | { readonly kind: 'values'; readonly does: boolean; readonly oneOf: OneOf }
  | { readonly kind: 'time'; readonly is?: string; readonly not?: string }
  | { readonly kind: 'timezone'; readonly is: string; readonly not: string }
  | { readonly kind: 'exclusion'; readonly does: boolean; readonly name: string }
  | { readonly kind: 'reach'; readonly window?: string; readonly toDate?: CatalogMetric['toDate'] }
  | { readonly kind: 'compare'; readonly compare?: CatalogMetric['compare'] }
  | { readonly kind: 'fill'; readonly fill: Meaning['fill'] }
  | { readonly kind: 'per'; readonly per: readonly string[] };

export interface Told {
  /** How far apart they are: about one for each knob, three for another table or another formula. */
  readonly distance: number;
  readonly differences: readonly Difference[];
}

const far = 3;
/** No name makes up for it. */
const unlike = 9;

/** What `is` does otherwise than `not`. The distance is the same both ways. Rules of cohort forms have no differences here: their sentences tell them apart. */
export function differ(is: Meaning, not: Meaning, parts: SqlParts): Told {
  const formula = formulaDifference(is, not, parts);
  // A formula that is told whole has its filters in it; else they are conditions like those of `where`.
  const isWhole = formula.some(({ isWhole }) => isWhole);
  const filter = (meaning: Meaning) => [
    ...(meaning.where === undefined ? [] : parts.conditions(meaning.where)),
    ...(isWhole ? [] : (parts.formula(meaning.expression).aggregate?.filter ?? [])),
  ];
  const found = [...formula, ...rowDifferences(is, not, filter, parts), ...knobDifferences(is, not)];
  return {
    distance: found.reduce((sum, { distance }) => sum + distance, 0),
    differences: found.flatMap(({ differences }) => differences),
  };
}

function told(distance: number, ...differences: Difference[]): Told {
  return { distance, differences };
}

function formulaDifference(
  is: Meaning,
  not: Meaning,
  parts: SqlParts,
): readonly (Told & { readonly isWhole?: boolean })[] {
  if (is.expression === not.expression) return [];
  const whole = { kind: 'formula', is: is.expression, not: not.expression } as const;
  if (is.form === 'metrics') return replacesOne(is, not) ? [told(1, whole)] : [told(unlike, whole)];
  const [mine, theirs] = [parts.formula(is.expression), parts.formula(not.expression)];
  const [a, b] = [mine.aggregate, theirs.aggregate];
  if (!a || !b) return [termDifference(mine.terms, theirs.terms) ?? { ...told(far, whole), isWhole: true }];
  if (a.bare === b.bare) return [];
  const bare = { kind: 'formula', is: a.bare, not: b.bare } as const;
  if (a.name === 'count' && b.name === 'count') return [told(1, bare)];
  if (a.of !== b.of) return [told(far, bare)];
  return [told(isMiddle(a.name) && isMiddle(b.name) ? 1 : 2, bare)];
}

function isMiddle(aggregate: string): boolean {
  return /^(avg|median|percentile|percentile_disc)$/.test(aggregate);
}

/** `revenue / orders` beside `revenue / active_users`: the same formula with another metric at one place. */
function replacesOne(is: Meaning, not: Meaning): boolean {
  const mine = is.inputs.filter((name) => !not.inputs.includes(name));
  const theirs = not.inputs.filter((name) => !is.inputs.includes(name));
  if (mine.length !== 1 || theirs.length !== 1) return false;
  const place = (expression: string, name: string) =>
    expression.replaceAll(new RegExp(`(?<![\\w"])"?${name}"?(?![\\w"])`, 'g'), '?');
  return place(is.expression, mine[0]!) === place(not.expression, theirs[0]!);
}

/** Where one is the other with more in it: net and gross. */
function termDifference(
  mine: ReturnType<SqlParts['formula']>['terms'],
  theirs: ReturnType<SqlParts['formula']>['terms'],
): Told | undefined {
  // A term that stands twice is there twice.
  const lacks = (of: typeof mine, from: typeof mine) => {
    const left = of.map(({ sign, sql }) => `${sign}${sql}`);
    return from.filter(({ sign, sql }) => {
      const at = left.indexOf(`${sign}${sql}`);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  const [more, less] = [lacks(theirs, mine), lacks(mine, theirs)];
  if (more.length > 0 === less.length > 0 || more.length === mine.length || less.length === theirs.length)
    return undefined;
  return told(
    1,
    ...more.map((term) => ({ kind: 'term', does: true, ...term }) as const),
    ...less.map((term) => ({ kind: 'term', does: false, ...term }) as const),
  );
}

/** Which rows count. Conditions and times of another table are of other columns, and say nothing beside it. */
function rowDifferences(
  is: Meaning,
  not: Meaning,
  filter: (of: Meaning) => readonly string[],
  parts: SqlParts,
): Told[] {
  if (is.model !== not.model && is.model !== undefined && not.model !== undefined)
    return [told(far, { kind: 'model', is: is.model, not: not.model }), ...exclusionDifference(is, not)];
  const time = {
    kind: 'time',
    ...(is.time === undefined ? {} : { is: is.time }),
    ...(not.time === undefined ? {} : { not: not.time }),
  } as const;
  return [
    ...filterDifference(filter(is), filter(not), parts),
    ...(is.time === not.time ? [] : [told(1, time)]),
    ...exclusionDifference(is, not),
  ];
}

function filterDifference(mine: readonly string[], theirs: readonly string[], parts: SqlParts): Told[] {
  const keyOf = (condition: string): string => {
    const oneOf = parts.oneOf(condition);
    return oneOf === undefined ? condition : JSON.stringify([oneOf.column, [...oneOf.values].sort()]);
  };
  const lacks = (of: readonly string[], from: readonly string[]) => {
    const known = new Set(of.map(keyOf));
    return from.filter((condition) => !known.has(keyOf(condition)));
  };
  const [more, less] = [lacks(theirs, mine), lacks(mine, theirs)];
  if (more.length === 0 && less.length === 0) return [];
  const values =
    more.length === 1 && less.length === 1 ? valuesDifference(parts.oneOf(more[0]!), parts.oneOf(less[0]!)) : undefined;
  return [
    values ??
      told(
        Math.max(more.length, less.length),
        ...more.map((sql) => ({ kind: 'condition', does: true, sql }) as const),
        ...less.map((sql) => ({ kind: 'condition', does: false, sql }) as const),
      ),
  ];
}

/** `status in ('paid', 'refunded')` beside `status = 'paid'`: what is in one and not in the other. */
function valuesDifference(a: OneOf | undefined, b: OneOf | undefined): Told | undefined {
  if (!a || a.column !== b?.column) return undefined;
  const more = a.values.filter((value) => !b.values.includes(value));
  const less = b.values.filter((value) => !a.values.includes(value));
  // Nothing in common: both conditions are said whole.
  if (more.length === a.values.length) return undefined;
  const part = (does: boolean, values: readonly string[]): Difference[] =>
    values.length === 0 ? [] : [{ kind: 'values', does, oneOf: { column: a.column, values } }];
  return told(1, ...part(true, more), ...part(false, less));
}

function exclusionDifference(is: Meaning, not: Meaning): Told[] {
  const more = is.exclude.filter((name) => !not.exclude.includes(name));
  const less = not.exclude.filter((name) => !is.exclude.includes(name));
  if (more.length === 0 && less.length === 0) return [];
  return [
    told(
      1,
      ...more.map((name) => ({ kind: 'exclusion', does: true, name }) as const),
      ...less.map((name) => ({ kind: 'exclusion', does: false, name }) as const),
    ),
  ];
}

function knobDifferences(is: Meaning, not: Meaning): Told[] {
  const { window, toDate, compare } = is;
  const alike = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return [
    ...(is.timezone === not.timezone ? [] : [told(1, { kind: 'timezone', is: is.timezone, not: not.timezone })]),
    ...(window === not.window && toDate === not.toDate
      ? []
      : [
          told(1, {
            kind: 'reach',
            ...(window === undefined ? {} : { window }),
            ...(toDate === undefined ? {} : { toDate }),
          }),
        ]),
    ...(alike(compare, not.compare) ? [] : [told(1, { kind: 'compare', ...(compare ? { compare } : {}) })]),
    ...(is.fill === not.fill ? [] : [told(0.5, { kind: 'fill', fill: is.fill })]),
    ...(alike(is.per, not.per) ? [] : [told(1, { kind: 'per', per: is.per })]),
  ];
}
