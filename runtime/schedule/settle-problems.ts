/** What is wrong, told by its root cause: a model that cannot be built, a data test that fails, a source that went stale, a segment that cannot be evaluated. What is skipped below is no cause of its own. */
export interface FoundProblem {
  readonly kind: 'model' | 'test' | 'freshness' | 'segment';
  /** The model, the test, the source, the segment. */
  readonly subject: string;
  /** The model that it is about; absent for a segment, and a test that spans models. */
  readonly model?: string;
  readonly severity: 'error' | 'warn';
  /** What makes it the same problem as before; another one of the same subject takes its place. */
  readonly essence: string;
  /** In words, without a value of any row. */
  readonly reason: string;
  /** Models that wait for it. */
  readonly skipped: readonly string[];
}

/** A problem that is written down, as far as it is looked at here. */
export interface KnownProblem extends FoundProblem {
  readonly toldAt?: string;
  readonly endedAt?: string;
  readonly outcome?: ProblemOutcome;
  readonly endToldAt?: string;
}

/** How a problem ended: what failed passed, something else is wrong with it now, or it has left the project. */
export type ProblemOutcome = 'passed' | 'replaced' | 'gone';

/** What a run found out. */
export interface Looked {
  readonly found: readonly FoundProblem[];
  /** `kind subject` of all that was looked at and is right. */
  readonly passed: ReadonlySet<string>;
  /** Is there such a model, test or segment with a schedule in the project? */
  readonly exists: (problem: FoundProblem) => boolean;
}

export interface Settled<P extends KnownProblem> {
  readonly opened: readonly FoundProblem[];
  readonly ended: readonly { readonly problem: P; readonly outcome: ProblemOutcome }[];
}

/** Which problems are new and which are over. One that was not looked at stays as it is. */
export function settleProblems<P extends KnownProblem>(
  open: readonly P[],
  { found, passed, exists }: Looked,
): Settled<P> {
  const before = new Map(open.map((problem) => [keyOf(problem), problem]));
  const now = new Map(found.map((problem) => [keyOf(problem), problem]));
  // A model that is built and then fails its tests has another problem than before, and is not well.
  const failing = new Set(
    found.flatMap(({ model, severity }) => (model !== undefined && severity === 'error' ? [model] : [])),
  );
  const opened = found.filter((problem) => !isSame(before.get(keyOf(problem)), problem));
  const ended = open.flatMap((problem): Settled<P>['ended'][number][] => {
    const still = now.get(keyOf(problem));
    if (still) return isSame(problem, still) ? [] : [{ problem, outcome: 'replaced' }];
    if (!exists(problem)) return [{ problem, outcome: 'gone' }];
    if (problem.kind === 'model' && failing.has(problem.subject)) return [{ problem, outcome: 'replaced' }];
    return passed.has(keyOf(problem)) ? [{ problem, outcome: 'passed' }] : [];
  });
  return { opened, ended };
}

export function keyOf({ kind, subject }: Pick<FoundProblem, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`;
}

function isSame(a: FoundProblem | undefined, b: FoundProblem): boolean {
  return a !== undefined && a.severity === b.severity && a.essence === b.essence;
}

/** What somebody is to be told of: `error` and `warn` by severity, `stale` for sources of either. */
export type ToldOf = readonly ('error' | 'warn' | 'stale')[];

export interface News<P extends KnownProblem> {
  readonly opened: readonly P[];
  readonly ended: readonly P[];
}

/** What has not been told yet: each problem once when it is there, and once when it is over. One that took the place of another is told by itself. */
export function newsOf<P extends KnownProblem>(problems: readonly P[], on: ToldOf): News<P> {
  const isWanted = ({ kind, severity }: P) => on.includes(kind === 'freshness' ? 'stale' : severity);
  return {
    opened: problems.filter((one) => one.endedAt === undefined && one.toldAt === undefined && isWanted(one)),
    ended: problems.filter(
      (one) =>
        one.endedAt !== undefined &&
        one.outcome !== 'replaced' &&
        one.toldAt !== undefined &&
        one.endToldAt === undefined,
    ),
  };
}
