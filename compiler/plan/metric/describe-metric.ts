import type { PlainMetric } from '../../definition/metric.ts';
import { type Calendar, months } from '../../definition/project.ts';
import { isTimezone } from '../../definition/timezone.ts';
import { type InEachLanguage, inEachLanguage, type WordsLanguage } from '../../expression/words-language.ts';
import type { CatalogExclusion } from '../catalog.ts';
import { propertyWords } from '../segment/condition-columns.ts';
import type { AnalysedMetric } from './analysed-metric.ts';
import { parseSpan } from './frame.ts';
import { onlyNamed } from './only-named.ts';
import type { MetricWords } from './words.ts';
import { english } from './words-en.ts';
import { russian } from './words-ru.ts';

export interface Knob {
  readonly name: string;
  readonly value: string;
  readonly from: 'definition' | 'file' | 'project' | 'language';
}

const languages: InEachLanguage<MetricWords> = { en: english, ru: russian };

/** Exclusions by name, said once for all that name them. */
export type ExclusionWords = ReadonlyMap<string, InEachLanguage<string>>;

/** What each exclusion leaves out, a sentence each. */
export function describeExclusions(exclusions: ReadonlyMap<string, CatalogExclusion>): ExclusionWords {
  const say = (exclusion: CatalogExclusion) =>
    inEachLanguage((language) => languages[language].leftOut(exclusion, propertyWords(exclusion.where, language).text));
  return new Map([...exclusions].map(([name, exclusion]) => [name, say(exclusion)]));
}

/** The rule in plain words, a sentence each, for people who read no SQL. */
export function describeMetric(metric: AnalysedMetric, exclusions: ExclusionWords): InEachLanguage<readonly string[]> {
  return inEachLanguage((language) => {
    const words = languages[language];
    return [
      ...countedWords(metric, exclusions, language),
      ...knobWords(metric, words),
      words.additivity[metric.additivity],
    ];
  });
}

function countedWords(metric: AnalysedMetric, exclusions: ExclusionWords, language: WordsLanguage): string[] {
  const words = languages[language];
  const { form, model, formulaWords, whereWords, exclude, time, timezone } = metric;
  if (form === 'derived') {
    const only = onlyNamed(metric);
    return [only === undefined ? words.overMetrics(formulaWords[language]) : words.as(only)];
  }
  return [
    words.overRows(formulaWords[language], model!),
    ...(whereWords ? [words.onlyWhere(whereWords[language])] : []),
    ...exclude.map((name) => exclusions.get(name)![language]),
    ...(time === undefined
      ? []
      : [words.placed(time, isTimezone(timezone) ? { name: timezone } : { column: timezone })]),
  ];
}

function knobWords({ window, toDate, compare, per, fill, requires }: AnalysedMetric, words: MetricWords): string[] {
  return [
    ...(window === undefined ? [] : [window === 'unbounded' ? words.unbounded : words.window(parseSpan(window))]),
    ...(toDate === undefined ? [] : [words.toDate(toDate)]),
    ...(per ? [words.picked(per)] : []),
    ...(compare ? [words.compared(compare.as, parseSpan(compare.to)), words.openPeriod(compare.includePartial)] : []),
    ...(fill === '0' || fill === 'null' ? [words.filled(fill)] : []),
    ...(requires ? [words.notOver(requires)] : []),
  ];
}

/** Every knob with its value and where it came from. */
export function knobsOf(definition: PlainMetric, metric: AnalysedMetric, calendar: Calendar): Knob[] {
  const knobs: Knob[] = [{ name: 'is', value: definition.is.text, from: 'definition' }];
  if (metric.form === 'simple') {
    knobs.push({ name: 'from', value: metric.model!, from: definition.from?.from ?? 'file' });
    knobs.push({ name: 'time', value: metric.time ?? 'none', from: definition.time?.from ?? 'project' });
    knobs.push({
      name: 'where',
      value: definition.where?.value.text ?? 'none',
      from: definition.where?.from ?? 'language',
    });
    knobs.push({ name: 'timezone', value: metric.timezone, from: definition.timezone?.from ?? 'project' });
  }
  knobs.push({
    name: 'by',
    value: metric.dimensions.map((d) => d.name).join(', ') || 'none',
    from: definition.by?.from ?? 'language',
  });
  knobs.push({ name: 'exclude', value: metric.exclude.join(', ') || 'none', from: definition.exclude.from });
  const own = (name: string, value: string | undefined) =>
    knobs.push({ name, value: value ?? 'none', from: value === undefined ? 'language' : 'definition' });
  if (metric.per) own('per', metric.per.join(', '));
  if (metric.requires) own('requires', metric.requires.join(', '));
  own('window', metric.window);
  own('to_date', metric.toDate);
  own('compare', metric.compare && `to: ${metric.compare.to}, as: ${metric.compare.as}`);
  if (metric.compare)
    knobs.push({
      name: 'include_partial',
      value: String(metric.compare.includePartial),
      from: metric.compare.includePartial ? 'definition' : 'language',
    });
  own('fill', metric.fill);
  knobs.push({ name: 'week_start', value: calendar.weekStart, from: 'project' });
  knobs.push({ name: 'fiscal_year_start', value: months[calendar.fiscalYearStart - 1]!, from: 'project' });
  return knobs;
}
