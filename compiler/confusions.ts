import { type InEachLanguage, inEachLanguage, type WordsLanguage } from './expression/words-language.ts';
import type { Manifest, ManifestMetric, ManifestSegment } from './manifest-types.ts';
import { pairsOf } from './near-pairs.ts';
import { differ } from './plan/difference/difference.ts';
import { type Meaning, meaningOf } from './plan/difference/meaning.ts';
import { createSqlParts, type SqlParts } from './plan/difference/sql-parts.ts';
import { differenceSentence, differenceWords, sentenceOf } from './plan/difference/words.ts';

/** A definition that may be taken for another one. */
export interface Confusion {
  readonly name: string;
  /** What it does otherwise, as a sentence without a subject. */
  readonly words: InEachLanguage<string>;
}

/** Of metrics and of segments, by name; the nearest first. Who is in the list of another has it in its own. */
export interface Confusions {
  readonly metrics: Readonly<Record<string, readonly Confusion[]>>;
  readonly segments: Readonly<Record<string, readonly Confusion[]>>;
}

/** So many at most for each definition. */
const most = 5;
/** Of a rule that differs: what comes first decides, the rest follows from it. */
const mostSentences = 2;
/** Not taken for one another beyond: two knobs, or another table under the same name. */
const near = 2;
const nearByName = 4;

/**
 * Definitions that are nearly the same: metrics of one table and formula with another filter, time, window or exclusion, gross and net, rows and distinct; segments with most conditions in
 * common. Only those that share a table, an activity, an input or a word of their name are looked at.
 *
 * @example
 * findConfusions(manifest).metrics.revenue // [{ name: 'net_revenue', words: { en: 'Takes off sum of refunded.', … } }]
 */
export function findConfusions(manifest: Manifest): Confusions {
  return { metrics: confusedMetrics(manifest), segments: confusedSegments(manifest) };
}

/** Two definitions and how far apart they are. */
interface Near<T> {
  readonly a: T;
  readonly b: T;
  readonly distance: number;
}

/** The nearest pairs first, as long as both have room. */
function choose<T extends { readonly name: string }>(
  pairs: readonly Near<T>[],
  say: (is: T, not: T) => InEachLanguage<string>,
): Confusions['metrics'] {
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  const sorted = [...pairs].sort(
    (x, y) => x.distance - y.distance || order(x.a.name, y.a.name) || order(x.b.name, y.b.name),
  );
  const chosen = new Map<string, Confusion[]>();
  const listOf = (name: string) => chosen.get(name) ?? [];
  for (const { a, b } of sorted) {
    if (listOf(a.name).length >= most || listOf(b.name).length >= most) continue;
    chosen.set(a.name, [...listOf(a.name), { name: b.name, words: say(b, a) }]);
    chosen.set(b.name, [...listOf(b.name), { name: a.name, words: say(a, b) }]);
  }
  return Object.fromEntries(chosen);
}

interface Meant {
  readonly name: string;
  readonly metric: ManifestMetric;
  readonly meaning: Meaning;
}

function confusedMetrics({ metrics }: Manifest): Confusions['metrics'] {
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  const meant = metrics.flatMap((metric): Meant[] => {
    const meaning = metric.computed ? meaningOf(metric, (name) => byName.get(name)) : undefined;
    return meaning ? [{ name: metric.name, metric, meaning }] : [];
  });
  const parts = createSqlParts();
  const pairs = pairsOf(meant, keysOf, orderOf).flatMap(([a, b]): Near<Meant>[] => {
    const sharesName = sharesWord(a.name, b.name);
    const distance = a.meaning.rule ? ruleDistance(a.metric, b.metric) : plainDistance(a.meaning, b.meaning, parts);
    return distance <= (sharesName ? nearByName : near) ? [{ a, b, distance: distance - (sharesName ? 0.5 : 0) }] : [];
  });
  return choose(pairs, (is, not) =>
    is.meaning.rule
      ? ruleSentence(is.metric, not.metric)
      : inEachLanguage((language) =>
          differenceSentence(differ(is.meaning, not.meaning, parts).differences, language, parts),
        ),
  );
}

/** What two definitions must share to be looked at together, of one form. */
function keysOf({ name, meaning }: Meant): readonly string[] {
  const { form, model, inputs, rule } = meaning;
  const own =
    rule === undefined
      ? model === undefined
        ? inputs
        : [model]
      : 'steps' in rule
        ? rule.steps
        : [rule.activity, ...('cohort' in rule ? [rule.cohort] : [])];
  return [...own, ...wordsOf(name)].map((key) => `${form} ${key}`);
}

/** Neighbours in this order are alike. */
function orderOf({ meaning }: Meant): string {
  const { expression, where, time, window, rule } = meaning;
  return JSON.stringify([rule ?? expression, where, time, window]);
}

function plainDistance(a: Meaning, b: Meaning, parts: SqlParts): number {
  return a.form === b.form ? differ(a, b, parts).distance : Number.POSITIVE_INFINITY;
}

/** A knob of the rule that is another counts one; another rule is further. */
function ruleDistance(a: ManifestMetric, b: ManifestMetric): number {
  const [mine, theirs] = [a.rule, b.rule];
  if (!mine || !theirs) return Number.POSITIVE_INFINITY;
  const keys = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
  const written = (rule: object, key: string) => JSON.stringify((rule as Readonly<Record<string, unknown>>)[key]);
  const knobs = [...keys].filter((key) => key !== 'rule' && written(mine, key) !== written(theirs, key)).length;
  const rule = mine.rule === theirs.rule ? 0 : isReturn(mine.rule) && isReturn(theirs.rule) ? 1 : 3;
  const rest = [a.timezone === b.timezone, a.exclude.join() === b.exclude.join()].filter((same) => !same).length;
  return knobs + rule + rest;
}

/** Who comes back, and who does not. */
function isReturn(rule: string): boolean {
  return rule === 'retention' || rule === 'cohort_churn';
}

/** Of the sentences that tell the one those that the other has not. */
function ruleSentence(is: ManifestMetric, not: ManifestMetric): InEachLanguage<string> {
  return inEachLanguage((language) => {
    const own = is.words[language].filter((sentence) => !not.words[language].includes(sentence));
    const { alike, exclusion, timezone } = differenceWords[language];
    const zone = is.timezone === not.timezone ? [] : [sentenceOf([timezone(is.timezone, not.timezone)])];
    const dropped = not.exclude.filter((name) => !is.exclude.includes(name)).map((name) => exclusion(false, name));
    const all = [...own, ...zone, ...(dropped.length > 0 ? [sentenceOf(dropped)] : [])];
    return all.length === 0 ? sentenceOf([alike]) : all.slice(0, mostSentences).join(' ');
  });
}

function confusedSegments({ segments }: Manifest): Confusions['segments'] {
  const keys = (segment: ManifestSegment) => subjectsOf(segment).map((subject) => `${segment.entity} ${subject}`);
  const order = ({ words }: ManifestSegment) => words.en.map(({ text }) => text).join('\n');
  const told = segments.filter(({ computed }) => computed);
  const pairs = pairsOf(told, keys, order).flatMap(([a, b]): Near<ManifestSegment>[] => {
    const distance = Math.max(linesWithout(a, b, 'en').length, linesWithout(b, a, 'en').length);
    return distance <= near && isNestedAlike(a, b) ? [{ a, b, distance }] : [];
  });
  return choose(pairs, (is, not) =>
    inEachLanguage((language) => {
      const { asks, alike } = differenceWords[language];
      const clauses = [
        ...linesWithout(is, not, language).map((line) => asks(true, line)),
        ...linesWithout(not, is, language).map((line) => asks(false, line)),
      ];
      return sentenceOf(clauses.length === 0 ? [alike] : clauses);
    }),
  );
}

/** What a rule looks at, whatever it asks of it: one of them in common makes two segments near. */
function subjectsOf({ rule }: ManifestSegment): readonly string[] {
  if (!rule) return [];
  if (rule.form === 'split') return [`split ${rule.split.activity}`];
  const conditions = rule.where.kind === 'all' ? rule.where.of : [rule.where];
  return conditions.flatMap((condition) => {
    switch (condition.kind) {
      case 'did':
        return [`${condition.negated ? 'did not' : 'did'} ${condition.activity}`];
      case 'edge':
        return [`${condition.which} ${condition.activity}`];
      case 'sequence':
        return [`sequence ${condition.steps.join(' ')}`];
      case 'property':
        return [`property ${/[\p{L}_][\p{L}\p{N}_]*/u.exec(condition.is)?.[0]}`];
      case 'metric':
        return [`metric ${condition.metric}`];
      case 'segment':
        return [`segment ${condition.segment}`];
      case 'list':
        return [`list ${condition.path}`];
      default:
        return [];
    }
  });
}

/** Lines of the rule of one that the other has not. */
function linesWithout(of: ManifestSegment, other: ManifestSegment, language: WordsLanguage): readonly string[] {
  const theirs = new Set(other.words[language].map(({ text }) => text));
  return of.words[language].map(({ text }) => text).filter((text) => !theirs.has(text));
}

/** Do the lines that both have stand below the same lines? Else the lines that differ are not all of the difference. */
function isNestedAlike(a: ManifestSegment, b: ManifestSegment): boolean {
  const [mine, theirs] = [groupsOf(a), groupsOf(b)];
  return [...mine].every(([text, group]) => !theirs.has(text) || theirs.get(text) === group);
}

/** Of each line what it stands below; of one that stands twice, both. */
function groupsOf({ words }: ManifestSegment): ReadonlyMap<string, string> {
  const texts = new Map(words.en.map(({ path, text }) => [path, text]));
  const groups = new Map<string, string>();
  for (const { path, text } of words.en) {
    const end = path.lastIndexOf('.');
    const above = end < 0 ? '' : texts.get(path.slice(0, end));
    groups.set(text, `${groups.get(text) ?? ''}\n${above}`);
  }
  return groups;
}

/** Words of names that say nothing of what is meant. */
const empty =
  /^(the|and|all|new|per|avg|average|mean|median|sum|total|count|number|share|rate|ratio|day|week|month|year|daily|weekly|monthly|first|last|\d+\w*)$/;

function wordsOf(name: string): readonly string[] {
  return [...new Set(name.split('_'))].filter((word) => word.length > 2 && !empty.test(word));
}

function sharesWord(a: string, b: string): boolean {
  const theirs = wordsOf(b);
  return wordsOf(a).some((word) => theirs.includes(word));
}
