import type { PlainMetric } from '../../definition/metric.ts';
import { type Calendar, months } from '../../definition/project.ts';
import type { CatalogExclusion } from '../catalog.ts';
import { propertyWords } from '../segment/condition-columns.ts';
import type { AnalysedMetric } from './analysed-metric.ts';

export interface Knob {
  readonly name: string;
  readonly value: string;
  readonly from: 'definition' | 'file' | 'project' | 'language';
}

/** The rule in plain words, a sentence each, for people who read no SQL. */
export function describeMetric(metric: AnalysedMetric, exclusions: ReadonlyMap<string, CatalogExclusion>): string[] {
  const words: string[] = [];
  if (metric.form === 'simple') {
    words.push(`${capital(metric.formulaWords)}, over the rows of \`${metric.model}\`.`);
    if (metric.whereWords !== undefined)
      words.push(`Only rows count where ${metric.whereWords}; a row where that is not known does not count.`);
    for (const name of metric.exclude) words.push(exclusionWords(exclusions.get(name)!));
    if (metric.time !== undefined)
      words.push(
        `A row counts in the period of its \`${metric.time}\`${metric.timezone.includes('.') ? `, in the zone of its \`${metric.timezone}\`` : `, in the time of ${metric.timezone}`}.`,
      );
  } else {
    words.push(
      `${capital(metric.formulaWords)}: each part is added up first, then combined; never an average of parts.`,
    );
  }
  words.push(...knobWords(metric), additivityWords[metric.additivity]);
  return words;
}

export function exclusionWords({ name, key, in: model, where }: CatalogExclusion): string {
  return `Left out: \`${name}\`, the rows whose \`${key}\` is in \`${model}\` where ${propertyWords(where).text}.`;
}

function knobWords(metric: AnalysedMetric): string[] {
  const words: string[] = [];
  const { window, toDate, compare, per, fill, requires } = metric;
  if (window === 'unbounded') words.push('Everything up to and including the period counts.');
  else if (window !== undefined)
    words.push(`The ${window} that end with the period count, by dates of the calendar, the last one included.`);
  if (toDate !== undefined) words.push(`All counts from the start of the period's ${toDate} on.`);
  if (per) words.push(`One row is picked for each ${per.map((c) => `\`${c}\``).join(' and ')}; the picks are summed.`);
  if (compare) {
    words.push(`${compareWords[compare.as]} ${compare.to}; without a value then there is none.`);
    words.push(
      compare.includePartial
        ? 'A period that is still open is set against the same part of the earlier one.'
        : 'A period that is still open is not compared.',
    );
  }
  if (fill === '0' || fill === 'null')
    words.push(
      `Every period of the range has a row; without data it is ${fill === '0' ? '0' : 'empty'}, and empty where nothing can be known yet.`,
    );
  if (requires) words.push(`It has no meaning over different ${requires.map((name) => `\`${name}\``).join(', ')}.`);
  return words;
}

const compareWords = {
  percent: 'Shown is the change since the same period, as a fraction:',
  difference: 'Shown is the difference from the same period:',
  ratio: 'Shown is the ratio to the same period:',
  value: 'Shown is the value of the same period:',
} as const;

const additivityWords: Readonly<Record<AnalysedMetric['additivity'], string>> = {
  sum: 'It adds up: the total is the sum of its groups, and a month the sum of its days.',
  min: 'It does not add up: the total is the smallest of its groups.',
  max: 'It does not add up: the total is the largest of its groups.',
  distinct: 'It does not add up: who is in two groups or two days counts once in the total.',
  average: 'It does not add up: the total is computed from all rows, not from the averages of its groups.',
  ratio:
    'It does not add up: the total is the ratio of the totals; where the divisor is zero or missing there is no value.',
  none: 'It does not add up: every total is computed anew from the rows.',
};

function capital(text: string): string {
  return text.startsWith('`') ? text : text.charAt(0).toUpperCase() + text.slice(1);
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
  own('compare', metric.compare && `${metric.compare.as} of ${metric.compare.to}`);
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
