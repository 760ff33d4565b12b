/** What a language says of the parts of an expression. Texts that are given are said already. */
export interface Wording {
  readonly and: string;
  readonly or: string;
  readonly not: string;
  readonly nothing: string;
  readonly missing: string;
  readonly present: string;
  /** `x is true`, by PostgreSQL's name: `IS_TRUE`, `IS_NOT_UNKNOWN`. */
  readonly truth: Readonly<Record<string, string>>;
  /** After the left side: `is at least`. */
  readonly comparisons: Readonly<Record<string, string>>;
  readonly arithmetic: Readonly<Record<string, readonly [words: string, kind: 'sum' | 'product']>>;
  readonly minus: string;
  readonly oneOf: string;
  readonly noneOf: string;
  between(low: string, high: string): string;
  notBetween(low: string, high: string): string;
  readonly otherThan: string;
  readonly sameAs: string;
  readonly like: Readonly<Record<'contains' | 'starts' | 'ends' | 'is', readonly [does: string, doesNot: string]>>;
  readonly anyCase: string;
  orWhereMissing(first: string, rest: readonly string[]): string;
  /** Functions of one or two values; those that are not here stay SQL. */
  readonly calls: Readonly<Record<string, (first: string, second: string | undefined) => string>>;
  readonly aggregates: AggregateWording;
}

export interface AggregateWording {
  readonly rows: string;
  countOf(what: string, isDistinct: boolean): string;
  /** `sum of`, before what is aggregated. */
  readonly of: Readonly<Record<string, string>>;
  readonly distinct: string;
  percentile(percent: number, what: string): string;
  where(words: string, condition: string): string;
}
