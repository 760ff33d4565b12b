import fc from 'fast-check';
import type { Loss, Moment } from '../lose-target.ts';
import { type Definitions, type GuardName, guardNames, leaves } from './history-manifest.ts';

/** Cells of a file's row, as its source has its columns; -1 in the first is one that cannot be read. */
export type Row = readonly (number | null)[];

/** A payment in a table that somebody else writes; `late` is how many hours before the run it says that it arrived, null where it does not say, negative in the future. */
export interface Payment {
  readonly id: number;
  readonly user: number | null;
  readonly half: number | null;
  readonly amount: number;
  readonly late: number | null;
}

export type News =
  /** A file comes, or one that is there gets another content. */
  | { readonly kind: 'file'; readonly source: 'events' | 'users'; readonly file: number; readonly rows: readonly Row[] }
  /** A file's content once more, under another name. */
  | { readonly kind: 'copy'; readonly source: 'events' | 'users'; readonly file: number; readonly to: number }
  /** It gets another name: a new one, or it and another file take each other's. */
  | { readonly kind: 'move'; readonly source: 'events' | 'users'; readonly file: number; readonly to: number }
  | { readonly kind: 'pay'; readonly rows: readonly Payment[] }
  /** A payment is another now, and says so by when it arrived. */
  | { readonly kind: 'correct'; readonly payment: Payment }
  | { readonly kind: 'withdraw'; readonly id: number }
  | { readonly kind: 'define'; readonly definitions: Definitions }
  | { readonly kind: 'guard'; readonly armed: readonly GuardName[] };

export type RunKind =
  | { readonly kind: 'all' }
  /** Some models run, and others fall behind: the n-th does where the n-th bit is set. */
  | { readonly kind: 'some'; readonly bits: number }
  | { readonly kind: 'refresh' }
  /** The target goes away at a statement, and stays away. */
  | { readonly kind: 'crash'; readonly moment: Moment };

export interface Round {
  readonly news: readonly News[];
  readonly run: RunKind;
}

export interface History {
  /** The marts that the project has. */
  readonly asked: readonly string[];
  readonly rounds: readonly Round[];
  /** At the end the target is emptied and built anew, and that must leave the same. */
  readonly rebuilt: boolean;
}

const small = (max: number) => fc.option(fc.integer({ min: 0, max }), { freq: 10 });
/** Half days: two share a day. Anything may come at any time, so most of what arrives is late. */
const half = fc.oneof({ weight: 20, arbitrary: small(20) }, { weight: 1, arbitrary: fc.constantFrom(-900, 4000) });
const id = fc.oneof(
  { weight: 15, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
);
const event: fc.Arbitrary<Row> = fc.tuple(id, small(3), half, fc.integer({ min: 0, max: 9 }), small(3));
const user: fc.Arbitrary<Row> = fc.tuple(fc.integer({ min: 0, max: 3 }), small(2), small(2));
const paymentBy = (late: fc.Arbitrary<number | null>): fc.Arbitrary<Payment> =>
  fc.record({
    id: fc.integer({ min: 0, max: 7 }),
    user: small(3),
    half,
    amount: fc.integer({ min: 1, max: 9 }),
    late,
  });
/** Within the overlap of a day, counted from the run before. */
const inTime = fc.integer({ min: 0, max: 20 });
const future = fc.constant(-40_000);
const atAnyTime = fc.oneof(
  { weight: 8, arbitrary: inTime },
  { weight: 2, arbitrary: fc.integer({ min: 21, max: 90 }) },
  { weight: 1, arbitrary: fc.oneof(fc.constant(null), future) },
);
const definitions: fc.Arbitrary<Definitions> = fc.record({
  floor: fc.integer({ min: 0, max: 2 }),
  by: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
  wide: fc.boolean(),
});

const eventFile = fc.record({
  kind: fc.constant('file' as const),
  source: fc.constant('events' as const),
  file: fc.integer({ min: 0, max: 6 }),
  rows: fc.array(event, { maxLength: 5 }),
});
const userFile = fc.record({
  kind: fc.constant('file' as const),
  source: fc.constant('users' as const),
  file: fc.integer({ min: 0, max: 3 }),
  rows: fc.array(user, { maxLength: 3 }),
});
const source = fc.constantFrom('events' as const, 'users' as const);
const file = fc.integer({ min: 0, max: 3 });
const to = fc.integer({ min: 0, max: 6 });
const copied = fc.record({ kind: fc.constant('copy' as const), source, file, to });
const moved = fc.record({ kind: fc.constant('move' as const), source, file, to });

const paid = (late: fc.Arbitrary<number | null>) =>
  fc.record({ kind: fc.constant('pay' as const), rows: fc.array(paymentBy(late), { minLength: 1, maxLength: 4 }) });
const withdrawn = fc.record({ kind: fc.constant('withdraw' as const), id: fc.integer({ min: 0, max: 7 }) });
const corrected = fc.record({ kind: fc.constant('correct' as const), payment: paymentBy(inTime) });
/**
 * Rows that come too late for the overlap are noticed by their number, and so are rows that go: both at once may hide each other, so the writer of the table does the one or the other. What comes or
 * goes within the overlap is known row by row.
 */
const appended = paid(atAnyTime);
const edited = fc.oneof(
  paid(fc.oneof({ weight: 9, arbitrary: inTime }, { weight: 1, arbitrary: future })),
  corrected,
  withdrawn,
);

/** Whatever can happen to a project between two runs. `backfill`, and models with `late` or without `partial`, have their place here. */
const newsWith = (payments: fc.Arbitrary<News>): fc.Arbitrary<News> =>
  fc.oneof(
    { weight: 10, arbitrary: eventFile },
    { weight: 4, arbitrary: userFile },
    { weight: 1, arbitrary: copied },
    { weight: 2, arbitrary: moved },
    { weight: 6, arbitrary: payments },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('define' as const), definitions }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('guard' as const), armed: fc.subarray([...guardNames]) }) },
  );

const loss = fc.constantFrom<Loss>('statement', 'answer');
const moment: fc.Arbitrary<Moment> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ at: fc.integer({ min: 5, max: 120 }), of: fc.constant('statements' as const), loss }),
  },
  // Where data and what is remembered of it become one: the first two of a run write neither.
  {
    weight: 3,
    arbitrary: fc.record({ at: fc.integer({ min: 3, max: 9 }), of: fc.constant('commits' as const), loss }),
  },
);
const runKind: fc.Arbitrary<RunKind> = fc.oneof(
  { weight: 10, arbitrary: fc.constant({ kind: 'all' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('some' as const), bits: fc.integer({ min: 1, max: 511 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'refresh' as const }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('crash' as const), moment }) },
);

const historyWith = (payments: fc.Arbitrary<News>): fc.Arbitrary<History> =>
  fc.record({
    asked: fc.subarray([...leaves], { minLength: 1, maxLength: 2 }),
    rounds: fc.array(fc.record({ news: fc.array(newsWith(payments), { minLength: 1, maxLength: 3 }), run: runKind }), {
      minLength: 2,
      maxLength: 4,
    }),
    rebuilt: fc.integer({ min: 1, max: 12 }).map((one) => one === 12),
  });

export const history: fc.Arbitrary<History> = fc.oneof(historyWith(appended), historyWith(edited));
