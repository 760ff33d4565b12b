import { listWords, percent } from './test-plan.ts';
import type { Limits, TestWords, Tolerance } from './words.ts';

const code = (name: unknown) => `\`${name}\``;

function limitWords({ min, max }: Limits): string {
  const said = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  return said.join(' and ');
}

function toleranceWords({ share, amount }: Tolerance): string {
  if (amount === undefined) return percent(share ?? 0);
  return share === undefined ? String(amount) : `${percent(share)} or ${amount}`;
}

function sizeWords({ min, max }: Limits): string {
  const members = (n: number | string | undefined) => `${n} ${n === 1 ? 'member' : 'members'}`;
  if (min === undefined) return `at most ${members(max)}`;
  return max === undefined ? `at least ${members(min)}` : `between ${min} and ${members(max)}`;
}

const like = { hour: ' for the hour and the weekday', day: ' for the weekday', week: '', month: '' } as const;

export const english: TestWords = {
  notNull: (column) => `${code(column)} is never null`,
  nullShare: (column, share) => `${code(column)} is null in at most ${percent(share)} of the rows`,
  accepted: (column, values) => `${code(column)} is one of ${values.map(code).join(', ')}`,
  matches: (column, pattern) => `${code(column)} matches ${code(pattern)}`,
  range: (column, limits) => `${code(column)} is ${limitWords(limits)}`,
  unique: (columns) =>
    columns.length === 1
      ? `${code(columns[0])} is never repeated`
      : `${columns.map(code).join(', ')} together are never repeated`,
  references: (column, theirs, model) => `every ${code(column)} is a ${code(theirs)} of ${code(model)}`,
  referencesKey: (columns, key, model) =>
    `every ${listWords(columns)} is the key ${listWords(key)} of a row of ${code(model)}`,
  knownEvent: 'every event is in the tracking plan',
  event: ({ name, once, requires, since }) =>
    `${code(name)}${once === undefined ? '' : ` (once ${code(once)})`} carries ${listWords(requires)}${since ? `, from ${code(since.column)} ${since.version} on` : ''}`,
  rows: (model, limits, per) =>
    `${code(model)} has ${limitWords(limits)} ${(limits.max ?? limits.min) === 1 ? 'row' : 'rows'}${per === undefined ? '' : ` in every complete ${per} between its first and its last`}`,
  volume: (model, per, within, days) =>
    `the last complete ${per} of ${code(model)} has as many rows as is usual${like[per]}, within ${percent(within)} of the median over ${days} days`,
  sequence: (then, first, per, maxViolations) =>
    `${code(then)} comes only after ${code(first)} of the same ${code(per)}${maxViolations > 0 ? `, but for ${percent(maxViolations)}` : ''}`,
  total: (value, of) => `${value} of ${code(of)}`,
  reconcile: (left, right, per, tolerance) =>
    `${left} agrees with ${right}${per === undefined ? '' : `, per ${per}`}, within ${toleranceWords(tolerance)}`,
  noRows: 'the query finds no rows',
  groupsAddUp: (grain, model) => `the groups of each ${grain} add up to the total of ${code(model)}`,
  periodsAddUp: (grain, finer) => `each ${grain} is the sum of its ${finer}s`,
  oneRowEach: (key) => `one row for each (${key.join(', ')})`,
  withinCohort: (grain) => `no more return in a ${grain} than are in the cohort`,
  size: (segment, limits) => `${code(segment)} has ${sizeWords(limits)}`,
  disjoint: (segment, other) => `${code(segment)} shares no member with ${code(other)}`,
};
