import { newsOf, type Settled, settleProblems } from '../schedule/settle-problems.ts';
import { lockClaims } from '../state/claim.ts';
import type { Store } from '../state/open-store.ts';
import { readProblems, recordProblem, recordProblemEnd, recordTold, toProblem } from '../state/problems.ts';
import type { ProblemRecord } from '../state/records.ts';
import { findProblems } from './find-problems.ts';
import type { Prepared } from './prepare-run.ts';
import { type RunContext, writeState } from './run-context.ts';
import type { RunOptions } from './run-options.ts';
import type { RunResult } from './run-types.ts';

/** Would a run that has nothing to do have something to write down, or to tell? */
export function hasNews(options: RunOptions, known: readonly ProblemRecord[], result: RunResult): boolean {
  const { opened, ended } = settle(options, known, result);
  if (opened.length > 0 || ended.length > 0) return true;
  const news = untold(options, known);
  return news.opened.length > 0 || news.ended.length > 0;
}

/** Writes down which problems came and which are over, by root cause, and tells of them whoever is to be told. */
export async function keepProblems(
  options: RunOptions,
  context: RunContext,
  { store }: Pick<Prepared, 'store'>,
  result: RunResult,
): Promise<void> {
  // Whoever stopped it knows; what it found out, the next run finds.
  if (result.status === 'interrupted') return;
  const { engine } = context;
  // By now the run has written, so that the table is there; and others may have written to it.
  const written = { ...store, relations: new Set([...store.relations, 'etalon_state.problems']) };
  if (!hasNews(options, await readProblems({ ...written, session: engine }), result)) return;
  await tell(options, context, await recordSettled(options, context, written, result));
}

function settle(options: RunOptions, known: readonly ProblemRecord[], result: RunResult): Settled<ProblemRecord> {
  const open = known.filter(({ endedAt }) => endedAt === undefined);
  // Who asks for a cut on purpose is there to hear what comes of it, and it says nothing of the last one.
  const segments = options.segments?.cuts === undefined ? result.segments : [];
  return settleProblems(open, findProblems(options.manifest, { ...result, segments }));
}

/** Another run may have found the same beside this one: what is known is read again where nobody else can write it. */
function recordSettled(
  options: RunOptions,
  context: RunContext,
  store: Store,
  result: RunResult,
): Promise<readonly ProblemRecord[]> {
  const at = context.effects.clock();
  const { id: run } = context.run;
  return writeState(context, async (session) => {
    await lockClaims(session);
    const known = await readProblems({ ...store, session });
    const { opened, ended } = settle(options, known, result);
    const added = opened.map(
      (found): ProblemRecord => ({ ...found, id: `${run} ${found.kind} ${found.subject}`, run, since: at }),
    );
    for (const { problem, outcome } of ended) await recordProblemEnd(session, problem.id, outcome, run, at);
    for (const problem of added) await recordProblem(session, problem);
    const outcomes = new Map(ended.map(({ problem, outcome }) => [problem.id, outcome]));
    const kept = known.map((problem) => {
      const outcome = outcomes.get(problem.id);
      return outcome === undefined ? problem : { ...problem, endedAt: at, outcome };
    });
    return [...kept, ...added];
  });
}

function untold({ manifest, effects }: RunOptions, problems: readonly ProblemRecord[]) {
  const on = effects.notify ? (manifest.project.notify?.on ?? []) : [];
  return on.length === 0 ? { opened: [], ended: [] } : newsOf(problems, on);
}

/** At least once: a run that dies between telling and writing it down is followed by one that tells again. */
async function tell(options: RunOptions, context: RunContext, problems: readonly ProblemRecord[]): Promise<void> {
  const { opened, ended } = untold(options, problems);
  if (opened.length === 0 && ended.length === 0) return;
  const told = await options.effects.notify!({
    project: options.manifest.project.title ?? options.manifest.project.name,
    target: context.target,
    command: options.command,
    run: context.run.id,
    opened: opened.map(toProblem),
    ended: ended.map((one) => ({ ...toProblem(one), outcome: one.outcome === 'gone' ? 'gone' : 'passed' })),
  });
  if (!told) return;
  const at = context.effects.clock();
  await writeState(context, async (session) => {
    for (const { id } of opened) await recordTold(session, id, 'told_at', at);
    for (const { id } of ended) await recordTold(session, id, 'end_told_at', at);
  });
}
