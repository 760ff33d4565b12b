import type { Manifest } from '../compiler/index.ts';
import type { SiteNode } from './site-graph.ts';
import { nodeId } from './site-graph.ts';

/** What an audience may know of, by name. */
export interface AudienceNames {
  /** Metrics, segments and models that bear the tag: `metric:revenue`. */
  readonly shown: ReadonlySet<string>;
  /** Activities and cohorts that something shown is counted by. They bear no tags. */
  readonly words: ReadonlySet<string>;
  /** Names that must not be told: of all other definitions, unless something shown is called the same. */
  readonly hidden: ReadonlySet<string>;
}

/** What the definitions that bear the tag `audience` are, and what else has a name. */
export function namesFor(manifest: Manifest, audience: string): AudienceNames {
  const definitions = [...manifest.metrics, ...manifest.segments, ...manifest.models];
  const chosen = definitions.filter(({ tags }) => tags.includes(audience));
  const shown = new Set(chosen.map(({ kind, name }) => nodeId(kind, name)));
  const words = wordsOf(manifest, shown);
  const told = new Set([...chosen.map(({ name }) => name), ...words, ...columnsOf(manifest, shown)]);
  const all = [
    ...definitions,
    ...manifest.activities,
    ...manifest.cohorts,
    ...manifest.tests.filter(({ model }) => model === undefined || !shown.has(nodeId('model', model))),
    ...manifest.project.exclusions,
  ].map(({ name }) => name);
  return { shown, words, hidden: new Set(all.filter((name) => !told.has(name))) };
}

/** Every tag that a definition bears, sorted. */
export function tagsOf({ metrics, segments, models }: Manifest): readonly string[] {
  return [...new Set([...metrics, ...segments, ...models].flatMap(({ tags }) => tags))].sort();
}

function wordsOf(manifest: Manifest, shown: ReadonlySet<string>): ReadonlySet<string> {
  const activities = new Map(manifest.activities.map((activity) => [activity.name, activity]));
  const anchors = new Map(manifest.cohorts.map(({ name, anchor }) => [name, anchor]));
  const isShown = ({ kind, name }: Pick<SiteNode, 'kind' | 'name'>): boolean => shown.has(nodeId(kind, name));
  const words = new Set([
    ...manifest.segments.filter(isShown).flatMap((segment) => segment.activities),
    ...manifest.metrics.filter(isShown).flatMap(({ rule }) => {
      if (rule === undefined) return [];
      return [...('cohort' in rule ? [rule.cohort] : []), ...('steps' in rule ? rule.steps : [rule.activity])];
    }),
  ]);
  // A set that grows while it is walked is walked to its end.
  for (const name of words) {
    const anchor = anchors.get(name);
    if (anchor !== undefined) words.add(anchor);
    for (const one of activities.get(name)?.any ?? []) words.add(one);
  }
  return words;
}

/** Columns of models that are shown, and the dimensions of metrics. */
function columnsOf({ models, metrics }: Manifest, shown: ReadonlySet<string>): readonly string[] {
  return [
    ...models
      .filter(({ name }) => shown.has(nodeId('model', name)))
      .flatMap(({ columns }) => columns.map((c) => c.name)),
    ...metrics
      .filter(({ name }) => shown.has(nodeId('metric', name)))
      .flatMap(({ dimensions }) => dimensions.flatMap((dimension) => [dimension.name, dimension.label])),
  ];
}

const word = /[\p{L}\d_]+(?:\.[\p{L}\d_]+)*/gu;

/**
 * Hidden names that a text of an author tells. A name that is an ordinary word as well, such as `orders`, is one only where it stands as code.
 *
 * @example
 * findTold('Net of `orders`; see marts.orders', new Set(['orders', 'marts.orders'])) // ['orders', 'marts.orders']
 */
export function findTold(text: string, hidden: ReadonlySet<string>): readonly string[] {
  const code = [...text.matchAll(/`([^`]*)`/g)].flatMap(([, inner]) => namesIn(inner!));
  const plain = namesIn(text).filter((name) => /[._]/.test(name));
  return [...new Set([...code, ...plain])].filter((name) => hidden.has(name));
}

/** Words, dotted ones whole and each part of them. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(word)].flatMap(([found]) => {
    const parts = found.split('.');
    return parts.length === 1 ? [found] : [found, parts.slice(0, 2).join('.'), ...parts];
  });
}
