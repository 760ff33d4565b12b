import type { CatalogCohort } from '../catalog.ts';
import type { Span } from '../metric/frame.ts';
import type {
  CohortRevenueRule,
  ContractRule,
  FunnelRule,
  InactivityRule,
  KeptRevenueRule,
  LifecycleRule,
  LtvRule,
  RepeatRule,
  RetentionRule,
  ReturnedRule,
  StickinessRule,
} from './rule.ts';

/** What a language says of the rule of a cohort form, in whole sentences. Conditions are said already. */
export interface RuleWords {
  cohort(cohort: Pick<CatalogCohort, 'anchor' | 'occurrence'>, every: Span | undefined): string;
  /** Of a cohort by the first event of all. */
  firstMustBe(condition: string): string;
  onlyThose(condition: string): string;
  /** The length of the periods, where no other sentence tells it. */
  period(every: Span): string;
  returns(rule: RetentionRule): string;
  interval(rule: Pick<RetentionRule, 'interval' | 'every'>): string;
  intervalZero(rule: RetentionRule): string;
  /** `cells`: those that are several intervals each. */
  brackets(cells: readonly string[]): string;
  readonly unknown: string;
  mean(rule: RetentionRule): string;
  inactivity(rule: InactivityRule): readonly string[];
  contracts(rule: ContractRule): readonly string[];
  keptRevenue(rule: KeptRevenueRule): readonly string[];
  cohortRevenue(rule: CohortRevenueRule): string;
  meanRevenue(rule: CohortRevenueRule): string;
  ltv(rule: LtvRule): readonly string[];
  repeat(rule: RepeatRule): readonly string[];
  lifecycle(rule: LifecycleRule): readonly string[];
  returned(rule: ReturnedRule): string;
  stickiness(rule: StickinessRule): string;
  funnel(rule: FunnelRule): readonly string[];
}
