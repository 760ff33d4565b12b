import { pluralRu } from '../../expression/plural-ru.ts';
import { agreeing, manyOf, unitIn } from '../lengths-ru.ts';
import { percent } from './test-plan.ts';
import type { Limits, TestWords, Tolerance } from './words.ts';

const code = (name: unknown) => `\`${name}\``;

/** «0,5 %» */
function percentRu(share: number): string {
  return percent(share).replace('.', ',').replace('%', '\u00a0%');
}

function listRu(names: readonly string[]): string {
  const quoted = names.map(code);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} и ${quoted.at(-1)}`;
}

/** «не меньше 1 строки и не больше 20 строк»: a noun stands in the genitive. */
function limitWords({ min, max }: Limits, noun?: readonly [one: string, many: string]): string {
  const said = (words: string, n: number | string) =>
    `${words} ${n}${noun ? ` ${pluralRu(Number(n), [noun[0], noun[1], noun[1]])}` : ''}`;
  return [
    ...(min === undefined ? [] : [said('не меньше', min)]),
    ...(max === undefined ? [] : [said('не больше', max)]),
  ].join(' и ');
}

function toleranceWords({ share, amount }: Tolerance): string {
  if (amount === undefined) return percentRu(share ?? 0);
  return share === undefined ? String(amount) : `${percentRu(share)} или ${amount}`;
}

const like = { hour: ' для этого часа и дня недели', day: ' для этого дня недели', week: '', month: '' } as const;

export const russian: TestWords = {
  notNull: (column) => `${code(column)} всегда указано`,
  nullShare: (column, share) => `${code(column)} не указано не больше чем в ${percentRu(share)} строк`,
  accepted: (column, values) => `${code(column)} — одно из ${values.map(code).join(', ')}`,
  matches: (column, pattern) => `${code(column)} подходит под ${code(pattern)}`,
  range: (column, limits) => `${code(column)} ${limitWords(limits)}`,
  unique: (columns) =>
    columns.length === 1
      ? `${code(columns[0])} не повторяется`
      : `${columns.map(code).join(', ')} вместе не повторяются`,
  references: (column, theirs, model) => `каждое ${code(column)} есть среди ${code(theirs)} в ${code(model)}`,
  referencesKey: (columns, key, model) =>
    `${columns.length === 1 ? 'каждое' : 'каждые'} ${listRu(columns)} — ключ ${listRu(key)} строки в ${code(model)}`,
  knownEvent: 'каждое событие есть в плане событий',
  event: ({ name, once, requires, since }) =>
    `${code(name)}${once === undefined ? '' : ` (прежде ${code(once)})`} несёт ${listRu(requires)}${since ? `, начиная с ${code(since.column)} ${since.version}` : ''}`,
  rows: (model, limits, per) =>
    `в ${code(model)} ${limitWords(limits, ['строки', 'строк'])}${per === undefined ? '' : ` ${agreeing(per, 'за каждый завершённый', 'за каждую завершённую')} от начала до конца`}`,
  volume: (model, per, within, days) =>
    `${agreeing(per, 'за последний завершённый', 'за последнюю завершённую')} в ${code(model)} столько строк, сколько обычно${like[per]}: не дальше ${percentRu(within)} от медианы за ${days} ${pluralRu(days, ['день', 'дня', 'дней'])}`,
  sequence: (then, first, per, maxViolations) =>
    `${code(then)} бывает только после ${code(first)} того же ${code(per)}${maxViolations > 0 ? `, кроме ${percentRu(maxViolations)}` : ''}`,
  total: (value, of) => `${value} в ${code(of)}`,
  reconcile: (left, right, per, tolerance) =>
    `сходятся ${left} и ${right}${per === undefined ? '' : `, по ${per}`}, с точностью до ${toleranceWords(tolerance)}`,
  noRows: 'запрос не находит строк',
  groupsAddUp: (grain, model) =>
    `группы ${agreeing(grain, 'за каждый', 'за каждую')} складываются в итог ${code(model)}`,
  periodsAddUp: (grain, finer) => `${unitIn('nominative', grain)} — сумма своих ${manyOf(finer)}`,
  oneRowEach: (key) => `одна строка на каждые (${key.join(', ')})`,
  withinCohort: (grain) => `за ${unitIn('accusative', grain)} возвращается не больше, чем есть в когорте`,
  size: (segment, limits) => `в ${code(segment)} ${limitWords(limits, ['участника', 'участников'])}`,
  disjoint: (segment, other) => `в ${code(segment)} и ${code(other)} нет общих участников`,
};
