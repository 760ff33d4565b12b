import type { Grain } from '../../definition/metric.ts';
import type { Span } from '../metric/frame.ts';
import type { Length } from './length.ts';

/** A cohort form with every knob resolved: plain data that a manifest holds and a question is planned from. */
export type CohortRule =
  | RetentionRule
  | InactivityRule
  | ContractRule
  | KeptRevenueRule
  | CohortRevenueRule
  | LtvRule
  | RepeatRule
  | LifecycleRule
  | ReturnedRule
  | StickinessRule
  | FunnelRule;

/** A cell's first and last interval, and how it is called. */
export interface CellSpan {
  readonly first: number;
  readonly last: number;
  readonly name: string;
}

export interface RetentionRule {
  readonly rule: 'retention' | 'cohort_churn';
  readonly cohort: string;
  readonly activity: string;
  readonly every: Span;
  readonly cells: readonly CellSpan[];
  readonly isBracketed: boolean;
  readonly criteria: 'on' | 'on_or_after' | 'on_or_before' | 'streak';
  readonly interval: 'calendar' | 'rolling';
  readonly periodZero: 'anchor' | 'observed';
  readonly returnAfterAnchor: 'strict' | 'same_instant';
  readonly minOccurrences: number;
  readonly mean: 'pooled' | 'simple';
  readonly horizon: 'as_of' | { readonly periods: number } | { readonly date: string };
  readonly includePartial: boolean;
  /** A model that has the cells counted: `cohort`, the cohort's dimensions, `k`, `entities`. Never in a definition: it is where a question is answered from what is kept. */
  readonly counted?: string;
}

export interface InactivityRule {
  readonly rule: 'inactivity_churn';
  readonly activity: string;
  readonly inactiveFor: Length;
  readonly every?: Span;
}

export interface ContractRule {
  readonly rule: 'contract_churn';
  readonly activity: string;
  readonly of: 'opening' | 'opening_plus_new';
  readonly every?: Span;
}

export interface KeptRevenueRule {
  readonly rule: 'kept_revenue';
  readonly activity: string;
  readonly every: Span;
  readonly keeps: 'gross' | 'net';
  readonly base: 'opening' | 'opening_plus_reactivated';
  /** The activity has an `until`: what runs at the ends of a period is set against one another, not what happens in it. */
  readonly lasts?: true;
}

export interface CohortRevenueRule {
  readonly rule: 'cohort_revenue';
  readonly cohort: string;
  readonly activity: string;
  readonly every: Span;
  readonly cells: readonly CellSpan[];
  readonly includePartial: boolean;
}

export interface LtvRule {
  readonly rule: 'ltv';
  readonly cohort: string;
  readonly activity: string;
  readonly every?: Span;
  readonly horizons: readonly Length[];
  readonly refunds: 'gross' | 'on_refund_date' | 'on_order_date';
}

export interface RepeatRule {
  readonly rule: 'repeat';
  readonly activity: string;
  readonly within: Length;
  readonly every?: Span;
  readonly sameDay: 'merge' | 'count';
}

export interface LifecycleRule {
  readonly rule: 'lifecycle';
  readonly activity: string;
  readonly every: Span;
}

export interface ReturnedRule {
  readonly rule: 'returned';
  readonly activity: string;
  readonly after: Length;
}

export interface StickinessRule {
  readonly rule: 'stickiness';
  readonly activity: string;
  readonly of: Grain;
  readonly in: Grain;
  readonly as: 'rate' | 'histogram';
  readonly window: 'period' | 'trailing';
}

/** How many days a trailing window has. */
export const trailingDays: Readonly<Record<string, number>> = { week: 7, month: 30, quarter: 90, year: 365 };

export interface FunnelRule {
  readonly rule: 'funnel';
  readonly steps: readonly string[];
  readonly within: Length;
  readonly entry: 'first' | 'any';
  readonly windowFrom: 'first_step' | 'previous_step';
  readonly bound: 'inclusive' | 'exclusive';
  readonly order: 'sequential' | 'strict' | 'any';
  readonly count: 'entities' | 'attempts';
}
