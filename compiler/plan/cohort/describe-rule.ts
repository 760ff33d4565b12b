import { type InEachLanguage, inEachLanguage, type WordsLanguage } from '../../expression/words-language.ts';
import type { CatalogCohort } from '../catalog.ts';
import type { Span } from '../metric/frame.ts';
import { propertyWords } from '../segment/condition-columns.ts';
import type { CellSpan, CohortRule, RetentionRule } from './rule.ts';
import type { RuleWords } from './words.ts';
import { english } from './words-en.ts';
import { russian } from './words-ru.ts';

const languages: InEachLanguage<RuleWords> = { en: english, ru: russian };

/** The rule in plain words, a sentence each, for people who read no SQL. */
export function describeRule(
  rule: CohortRule,
  cohorts: ReadonlyMap<string, CatalogCohort>,
): InEachLanguage<readonly string[]> {
  return inEachLanguage((language) => [
    ...('cohort' in rule ? cohortWords(cohorts.get(rule.cohort)!, rule.every, language) : []),
    ...countedWords(rule, languages[language]),
  ]);
}

function cohortWords(cohort: CatalogCohort, every: Span | undefined, language: WordsLanguage): readonly string[] {
  const words = languages[language];
  const who = words.cohort(cohort, every);
  if (cohort.where === undefined) return [who];
  const condition = propertyWords(cohort.where, language).text;
  return [who, cohort.occurrence === 'first_ever' ? words.firstMustBe(condition) : words.onlyThose(condition)];
}

function countedWords(rule: CohortRule, words: RuleWords): readonly string[] {
  switch (rule.rule) {
    case 'retention':
    case 'cohort_churn':
      return retentionWords(rule, words);
    case 'inactivity_churn':
      return [...words.inactivity(rule), ...periodWords(rule, words)];
    case 'contract_churn':
      return [...words.contracts(rule), ...periodWords(rule, words)];
    case 'kept_revenue':
      return [...words.keptRevenue(rule), ...periodWords(rule, words)];
    case 'cohort_revenue':
      return [
        words.cohortRevenue(rule),
        words.interval({ interval: 'calendar', every: rule.every }),
        ...bracketWords(rule.cells, words),
        words.meanRevenue(rule),
      ];
    case 'ltv':
      return words.ltv(rule);
    case 'repeat':
      return [...words.repeat(rule), ...periodWords(rule, words)];
    case 'lifecycle':
      return words.lifecycle(rule);
    case 'returned':
      return [words.returned(rule)];
    case 'stickiness':
      return [words.stickiness(rule)];
    case 'funnel':
      return words.funnel(rule);
  }
}

function retentionWords(rule: RetentionRule, words: RuleWords): readonly string[] {
  return [
    words.returns(rule),
    words.interval(rule),
    ...bracketWords(rule.cells, words),
    words.intervalZero(rule),
    words.unknown,
    words.mean(rule),
  ];
}

/** Nothing where each cell is one interval. */
function bracketWords(cells: readonly CellSpan[], words: RuleWords): readonly string[] {
  const wide = cells.filter(({ first, last }) => first !== last);
  return wide.length === 0 ? [] : [words.brackets(wide.map(({ name }) => name))];
}

function periodWords({ every }: { readonly every?: Span }, words: RuleWords): readonly string[] {
  return every ? [words.period(every)] : [];
}
