import type { TestOutcome } from './test-relation.ts';

/** The tests held the rows back: the transaction that wrote them is rolled back by throwing it. */
export class HeldBack extends Error {
  readonly outcomes: readonly TestOutcome[];
  readonly rows: number;
  constructor(outcomes: readonly TestOutcome[], rows: number) {
    super('data tests failed');
    this.name = 'HeldBack';
    this.outcomes = outcomes;
    this.rows = rows;
  }
}
