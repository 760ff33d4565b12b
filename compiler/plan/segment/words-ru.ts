import type { Comparison } from '../../definition/condition.ts';
import { pluralRu } from '../../expression/plural-ru.ts';
import { parseLength } from '../cohort/length.ts';
import { accusative } from '../lengths-ru.ts';
import { propertyWords } from './condition-columns.ts';
import type { Condition, DidCondition, MeasureTest, Split, Timing } from './rule.ts';
import type { SegmentWords } from './words.ts';

function lengthWords(text: string): string {
  return accusative(parseLength(text));
}

const comparisons: Readonly<Record<Comparison, string>> = {
  '=': 'ровно',
  '<>': 'не',
  '<': 'менее',
  '<=': 'не более',
  '>': 'более',
  '>=': 'не менее',
};

/** «ровно 2 раза», «не менее 2 раз», «не менее 21 раза». */
function countWords(
  operator: Comparison,
  number: string,
  exact: readonly [string, string, string],
  genitive: readonly [string, string, string],
): string {
  const forms = operator === '=' || operator === '<>' ? exact : genitive;
  return `${comparisons[operator]} ${number} ${pluralRu(Number(number), forms)}`;
}

function testWords({ measure, operator, number }: MeasureTest): string {
  switch (measure) {
    case 'times':
      return countWords(operator, number, ['раз', 'раза', 'раз'], ['раза', 'раз', 'раз']);
    case 'days':
      return `по дням: ${countWords(operator, number, ['день', 'дня', 'дней'], ['дня', 'дней', 'дней'])}`;
    case 'sum':
      return `сумма ${comparisons[operator]} ${number}`;
    case 'avg':
      return `среднее ${comparisons[operator]} ${number}`;
    case 'min':
      return `наименьшее ${comparisons[operator]} ${number}`;
    case 'max':
      return `наибольшее ${comparisons[operator]} ${number}`;
  }
}

function timingWords(timing: Timing | undefined): string {
  switch (timing?.form) {
    case undefined:
      return '';
    case 'within':
      return `не раньше чем за ${lengthWords(timing.length)} до среза`;
    case 'before':
      return `раньше чем за ${lengthWords(timing.length)} до среза`;
    case 'between':
      return `с ${timing.from} включительно до ${timing.to} исключительно`;
    case 'since': {
      const start = `${timing.which === 'first' ? 'первого' : 'последнего'} \`${timing.activity}\``;
      return timing.within === undefined ? `начиная с ${start}` : `за ${lengthWords(timing.within)} начиная с ${start}`;
    }
  }
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

function russianProperty(canonical: string): ReturnType<typeof propertyWords> {
  return propertyWords(canonical, 'ru');
}

function whereWords(where: string | undefined): string {
  return where === undefined ? '' : `где ${russianProperty(where).text}`;
}

function didWords({ negated, activity, tests, timing, where }: DidCondition): string {
  const what = `${negated ? 'не было' : 'было'} \`${activity}\``;
  return join([what, whereWords(where), ...tests.map(testWords), timingWords(timing)]);
}

function conditionWords(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return 'верно всё';
    case 'any':
      return 'верно хотя бы одно';
    case 'not':
      return 'неверно; неизвестно, если неизвестно само условие';
    case 'did':
      return didWords(condition);
    case 'edge': {
      const which = condition.which === 'first' ? 'первое событие' : 'последнее событие';
      return join([`${which} \`${condition.activity}\``, whereWords(condition.where), timingWords(condition.timing)]);
    }
    case 'sequence': {
      const within =
        condition.within === undefined ? '' : `все не раньше чем за ${lengthWords(condition.within)} до среза`;
      return join([`по порядку ${condition.steps.map((step) => `\`${step}\``).join(', затем ')}`, within]);
    }
    case 'property': {
      const { text, columns } = russianProperty(condition.is);
      const unknown = columns.length === 0 ? '' : `; неизвестно, если нет значения: ${columns.join(', ')}`;
      return `${text}${unknown}`;
    }
    case 'metric': {
      const within = condition.within === undefined ? '' : ` за ${lengthWords(condition.within)} до среза`;
      return `\`${condition.metric}\`${within} ${comparisons[condition.operator]} ${condition.number}; неизвестно, если значения нет`;
    }
    case 'segment':
      return `входит в сегмент \`${condition.segment}\``;
    case 'list':
      return `есть в списке ${condition.path} (записей: ${condition.ids.length})`;
  }
}

function splitWords({ activity, within, cuts, quantiles, parts }: Split): string[] {
  const by = { recency: 'r, дней с последнего события', frequency: 'f, число событий', monetary: 'm, сумма' };
  const scores =
    quantiles === undefined
      ? Object.entries(cuts).map(([score, values]) => `${by[score as keyof typeof by]}: границы ${values.join(', ')}`)
      : [`r, f и m: равные доли тех, у кого событие было, числом ${quantiles}; равные значения вместе, в нижней доле`];
  return [
    `Оценены все, у кого было \`${activity}\` не раньше чем за ${lengthWords(within)} до среза; остальные — \`none\`.`,
    ...scores.map((score) => `Оценка ${score}.`),
    ...parts.map(({ name, when }) => `\`${name}\`: ${when === 'else' ? 'все остальные' : russianProperty(when).text}.`),
  ];
}

export const russian: SegmentWords = {
  condition: conditionWords,
  excluded: (name) => `не исключён по \`${name}\``,
  leftOut: (name) => `Исключены: \`${name}\`.`,
  split: splitWords,
};
