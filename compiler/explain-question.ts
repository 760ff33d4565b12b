import { alignPairs, explainCounting, joinSections, type Section } from './explain.ts';
import type { WordsLanguage } from './expression/words-language.ts';
import type { Manifest, ManifestMetric } from './manifest-types.ts';
import { shiftWords } from './plan/compare-question.ts';
import type { QueryPlan, QueryRequest } from './plan/query-types.ts';

/** How far the data is known that a question reads, in words, and why. */
export interface AsOfTold {
  readonly instant?: string;
  readonly why: string;
}

/**
 * A question in words: what is counted, every knob of its metrics and of the question itself with where it came from, and what the columns of the answer are.
 *
 * @example
 * explainQuestion(manifest, request, plan, { instant: '2025-07-01T00:00:00Z', why: 'the watermark of marts.orders' }, 'en')
 */
export function explainQuestion(
  manifest: Manifest,
  request: Omit<QueryRequest, 'asOf'>,
  plan: QueryPlan,
  asOf: AsOfTold,
  language: WordsLanguage,
): string {
  const metrics = request.metrics.flatMap((name) => manifest.metrics.find((one) => one.name === name) ?? []);
  return joinSections([
    ['the question', alignPairs(questionKnobs(request, metrics, asOf, manifest))],
    [
      'a row of the answer',
      alignPairs(plan.columns.map(({ name, type, role }) => [name, `${roleWords[role]}, ${type}`])),
    ],
    ...metrics.flatMap((metric) => [headOf(metric), ...explainCounting(metric, language)]),
    ['reads', plan.reads],
  ]);
}

const roleWords = {
  grain: 'the period, by its first day',
  dimension: 'what the rows are cut by',
  metric: 'counted',
  state: 'how far it is known: final, partial, unobservable, empty or as_of',
  entity: 'who it is',
} as const;

function headOf({ name, title, description, owner, path }: ManifestMetric): Section {
  const about = `defined in ${path}${owner ? `, owner ${owner}` : ''}`;
  return [`metric ${name}${title ? ` — ${title}` : ''}`, [...(description ? [description.trim()] : []), about]];
}

function questionKnobs(
  request: Omit<QueryRequest, 'asOf'>,
  metrics: readonly ManifestMetric[],
  asOf: AsOfTold,
  { project }: Manifest,
): (readonly [string, string])[] {
  const isCohort = metrics.some(({ rule }) => rule !== undefined);
  const knob = (name: string, value: string | undefined, otherwise: string, why: string): readonly [string, string] =>
    value === undefined ? [`${name}: ${otherwise}`, why] : [`${name}: ${value}`, 'asked for'];
  const by = request.by.length > 0 ? request.by.join(', ') : undefined;
  return [
    knob(
      'by',
      by,
      isCohort ? 'as the form says' : 'none',
      isCohort ? 'the rows that the form has' : 'all rows together',
    ),
    knob(
      'grain',
      request.grain,
      isCohort ? 'as the form says' : 'none',
      isCohort ? 'its `every` or `in`' : 'the whole range together',
    ),
    knob('where', request.where, 'none', 'all rows that the definitions count'),
    knob('from', request.from, 'none', 'from the first row on'),
    knob('to', request.to, 'none', 'up to what is known'),
    ...(request.compare === undefined ? [] : [compareKnob(request.compare)]),
    [`as_of: ${asOf.instant ?? 'the watermark'}`, asOf.why],
    [
      `periods: in the time of ${project.calendar.timezone}`,
      `weeks from ${project.calendar.weekStart}, from project.yml`,
    ],
  ];
}

function compareKnob(compare: string): readonly [string, string] {
  const what = /^\d/.test(compare)
    ? shiftWords(compare.replace(/ ago$/, ''))
    : compare === 'year'
      ? 'the year before'
      : 'the period before';
  return [`compare: ${compare}`, `asked for: ${what}; an open period is set against the same part of it`];
}
