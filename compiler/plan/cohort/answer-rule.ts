import { answerCohortRevenue } from './cohort-revenue.ts';
import { answerContractChurn } from './contract-churn.ts';
import { answerFunnel } from './funnel.ts';
import { answerInactivity } from './inactivity.ts';
import { answerKeptRevenue } from './kept-revenue.ts';
import { answerLifecycle } from './lifecycle.ts';
import { answerLtv } from './ltv.ts';
import { answerRepeat } from './repeat.ts';
import { answerRetention } from './retention.ts';
import { answerReturned } from './returned.ts';
import type { CohortRule } from './rule.ts';
import type { Answer, CohortSetting } from './setting.ts';
import { answerStickiness } from './stickiness.ts';

/** Each form's own way of answering. */
export function answerRule(setting: CohortSetting): Answer {
  const { rule } = setting;
  const of = <R extends CohortRule>(own: R): CohortSetting<R> => ({ ...setting, rule: own });
  switch (rule.rule) {
    case 'retention':
    case 'cohort_churn':
      return answerRetention(of(rule));
    case 'inactivity_churn':
      return answerInactivity(of(rule));
    case 'contract_churn':
      return answerContractChurn(of(rule));
    case 'kept_revenue':
      return answerKeptRevenue(of(rule));
    case 'cohort_revenue':
      return answerCohortRevenue(of(rule));
    case 'ltv':
      return answerLtv(of(rule));
    case 'repeat':
      return answerRepeat(of(rule));
    case 'lifecycle':
      return answerLifecycle(of(rule));
    case 'returned':
      return answerReturned(of(rule));
    case 'stickiness':
      return answerStickiness(of(rule));
    case 'funnel':
      return answerFunnel(of(rule));
  }
}
