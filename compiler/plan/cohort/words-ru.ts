import { pluralRu } from '../../expression/plural-ru.ts';
import { accusative, byPeriods, genitive, manyOf, nominative, numbered, onOne, unitIn } from '../lengths-ru.ts';
import type { Span } from '../metric/frame.ts';
import { type FunnelRule, type RetentionRule, type StickinessRule, trailingDays } from './rule.ts';
import type { RuleWords } from './words.ts';

// Names of activities and cohorts are of no gender and stand in no case: the sentences are built so that they need none.

const occurrences = {
  first_ever: (anchor: string) => `самое первое \`${anchor}\``,
  first_matching: (anchor: string) => `первое подходящее \`${anchor}\``,
  every_period: (anchor: string) => `\`${anchor}\``,
} as const;

const refunds = {
  gross: 'Возвраты денег не вычитаются.',
  on_refund_date: 'Возврат денег относится к своему дню: тот, что пришёл после срока, не вычитается.',
  on_order_date: 'Возврат денег относится ко дню своего заказа, когда бы он ни пришёл.',
} as const;

const orders: Readonly<Record<FunnelRule['order'], string>> = {
  sequential: 'Между ними могут быть и другие шаги.',
  strict: 'Других шагов воронки между ними быть не должно.',
  any: 'Порядок шагов не важен.',
};

function whenReturned({ criteria, horizon }: RetentionRule): string {
  switch (criteria) {
    case 'on':
      return 'в интервале k';
    case 'on_or_before':
      return 'в одном из интервалов от 1 до k';
    case 'streak':
      return 'в каждом из интервалов от 1 до k';
    case 'on_or_after':
      return `в интервале k или позже, ${horizon === 'as_of' ? 'пока есть данные' : 'periods' in horizon ? `до интервала ${horizon.periods} включительно` : `до ${horizon.date}`}`;
  }
}

function stickiness(rule: StickinessRule): string {
  const span = { count: trailingDays[rule.in] ?? 1, unit: 'day' } as const;
  const within =
    rule.window === 'trailing'
      ? `за ${accusative(span)} до конца ${unitIn('genitive', rule.in)}`
      : `за ${unitIn('accusative', rule.in)}`;
  if (rule.as === 'histogram')
    return `По числу ${manyOf(rule.of)} с \`${rule.activity}\` ${within}: у скольких их 1, у скольких 2 и так далее.`;
  return rule.window === 'trailing'
    ? `Из тех, у кого \`${rule.activity}\` было ${within}: у скольких оно было в последний из этих дней.`
    : `У скольких \`${rule.activity}\` бывает за ${unitIn('accusative', rule.of)}, в среднем; и какая это доля от тех, у кого оно было ${within}.`;
}

function period({ count, unit }: Span): string {
  return count === 1 ? unitIn('nominative', unit) : nominative({ count, unit });
}

export const russian: RuleWords = {
  cohort: ({ anchor, occurrence }, every) => {
    const which =
      typeof occurrence === 'string' ? occurrences[occurrence](anchor) : `\`${anchor}\` номер ${occurrence.nth}`;
    const several = occurrence === 'every_period' ? '; у кого их несколько, тот в нескольких когортах' : '';
    return `Когорта — те, у кого ${which} пришлось ${every ? onOne(every) : 'на один период'}${several}.`;
  },
  firstMustBe: (condition) => `О нём должно быть верно: ${condition}; иначе — ни в одной когорте.`,
  onlyThose: (condition) => `Подходит только то, где ${condition}.`,
  period: (every) => `Период — ${period(every)}.`,
  returns: (rule) => {
    const who = rule.rule === 'cohort_churn' ? 'все из когорты, кроме тех' : 'те';
    const enough =
      rule.minOccurrences === 1
        ? ''
        : `, не меньше ${rule.minOccurrences} ${pluralRu(rule.minOccurrences, ['раза', 'раз', 'раз'])}`;
    return `Считаются ${who}, у кого есть \`${rule.activity}\` ${whenReturned(rule)}${enough}.`;
  },
  interval: ({ interval, every }) =>
    interval === 'calendar'
      ? `Интервал k — ${numbered(every)} после того периода, к которому относится когорта.`
      : `Интервал k длится ${accusative(every)}; от начала отсчёта до него проходит k таких отрезков, с точностью до микросекунды.`,
  intervalZero: ({ rule, periodZero, returnAfterAnchor }) =>
    periodZero === 'anchor'
      ? `В интервале 0 ${rule === 'retention' ? 'вся когорта' : 'не потерян никто'}, по определению.`
      : `В интервале 0 считается возвращение, которое приходится на него самого и ${returnAfterAnchor === 'strict' ? 'позже начала отсчёта' : 'не раньше начала отсчёта'}.`,
  brackets: (cells) => `Несколько интервалов считаются за один: ${cells.join(', ')}.`,
  unknown: 'Чего знать ещё нельзя, там пусто, а не 0.',
  mean: ({ rule, mean, includePartial, criteria }) =>
    `Среднее по когортам — ${mean === 'pooled' ? `сумма ${rule === 'retention' ? 'вернувшихся' : 'потерянных'}, делённая на сумму размеров` : 'среднее их долей'}, ${criteria === 'on_or_after' ? 'по начавшимся ячейкам' : cellsUsed(includePartial)}.`,
  inactivity: ({ activity, inactiveFor }) => [
    `На конец каждого периода: из тех, у кого \`${activity}\` было раньше чем за ${accusative(inactiveFor)} до этого, у скольких позже его уже не было.`,
    'Дни — даты календаря; кто возвращается, больше не считается потерянным.',
  ],
  contracts: ({ activity, of }) => [
    `Из тех, у кого \`${activity}\` действует в начале периода${of === 'opening' ? '' : ' или начинается в нём'}: у скольких в конце его нет.`,
    'Что кончается в первое мгновение периода, кончается в нём; что тогда начинается, то новое.',
  ],
  keptRevenue: ({ activity, keeps, base, lasts }) => [
    `${lasts ? `Какая доля суммы, которая по \`${activity}\` действует в начале периода, действует у тех же и в его конце` : `Какая доля суммы \`${activity}\` за предыдущий период осталась в этом у тех же`}${keeps === 'gross' ? '; у каждого — не больше, чем было' : ''}.`,
    base === 'opening_plus_reactivated'
      ? 'Что приносят те, кто уходил и вернулся, прибавляется; что приносят новые — нет.'
      : 'Что приносят новые и вернувшиеся, сюда не входит.',
  ],
  cohortRevenue: ({ activity }) =>
    `Сумма \`${activity}\` в интервале k, от начала отсчёта, делённая на сумму в интервале 0.`,
  meanRevenue: ({ includePartial }) =>
    `По нескольким когортам — сумма их сумм, делённая на сумму за интервал 0, ${cellsUsed(includePartial)}.`,
  ltv: (rule) => [
    `Сумма \`${rule.activity}\` от начала отсчёта до конца срока (${rule.horizons.map(nominative).join(', ')}) у тех, чей срок вышел, делённая на их число.`,
    refunds[rule.refunds],
  ],
  repeat: ({ activity, within, sameDay }) => [
    `Из тех, у кого после первого \`${activity}\` прошло больше ${genitive(within)}: у скольких в этот срок было ещё одно.`,
    sameDay === 'merge' ? 'Что было в день первого, с ним одно и то же.' : 'Следующее в тот же день тоже считается.',
  ],
  lifecycle: ({ activity, every }) => [
    `${capital(byPeriods(every))}: у кого \`${activity}\` в первый раз (новые), у кого оно было и в предыдущем периоде (постоянные), у кого было только ещё раньше (вернулись после перерыва); и у кого оно было в предыдущем, а в этом нет (затихли).`,
    'Активные — это новые, постоянные и вернувшиеся после перерыва вместе.',
  ],
  returned: ({ activity, after }) =>
    `У скольких \`${activity}\` было через ${accusative(after)} или больше после прежнего.`,
  stickiness,
  funnel: (rule) => [
    `${rule.steps.map((step) => `\`${step}\``).join(', затем ')}: в течение ${genitive(rule.within)} ${rule.windowFrom === 'first_step' ? 'от первого шага' : 'от каждого шага до следующего'}${rule.bound === 'inclusive' ? '' : ', само последнее мгновение не в счёт'}.`,
    orders[rule.order],
    rule.entry === 'first' ? 'Время идёт с первого входа.' : 'Каждый вход — попытка, и считается лучшая.',
    'Вход, чьё время ещё не вышло, не считается, даже если дошёл до конца.',
    rule.count === 'attempts' ? 'Считаются попытки.' : 'Считаются не попытки, а те, кто их делал, каждый один раз.',
  ],
};

function cellsUsed(includePartial: boolean): string {
  return includePartial ? 'по закрытым и открытым ячейкам' : 'по закрытым ячейкам';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
