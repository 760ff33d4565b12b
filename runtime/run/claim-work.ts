import { hostname } from 'node:os';
import type { ManifestSegment } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { findConflicts } from '../schedule/conflicts.ts';
import { type Ground, type Needs, needsOf } from '../schedule/needs.ts';
import { segmentsAtStake } from '../schedule/plan-segments.ts';
import type { PlannedStep, PlannedTest, RunPlan } from '../schedule/run-plan.ts';
import { planTest } from '../schedule/test-marks.ts';
import { nothingWithheld, type Withheld, withhold } from '../schedule/withhold.ts';
import { lockClaims, readHolders } from '../state/claim.ts';
import { migrate } from '../state/migrate.ts';
import type { Store } from '../state/open-store.ts';
import { type RunHandle, recordInterrupted, recordRunStart } from '../state/record.ts';
import { createPatience } from './await-free.ts';
import { describeRun } from './describe-holders.ts';
import { isDead } from './is-dead.ts';
import { listTarget, openCurrentStore, openTargetStore, type Prepared, prepareFrom } from './prepare-run.ts';
import type { RunOptions } from './run-options.ts';
import { completeOf } from './run-segments.ts';
import { type Claim, type Others, type Taken, takeClaim } from './take-claim.ts';

/** What a run sees, what of it is its own, and what it leaves to others. */
export type Work =
  | { readonly kind: 'nothing'; readonly prepared: Prepared; readonly withheld: Withheld }
  | {
      readonly kind: 'claimed';
      readonly prepared: Prepared;
      readonly withheld: Withheld;
      readonly claim: Claim;
      readonly needs: Needs;
      /** Segments that may be evaluated: their memory is claimed. */
      readonly segments: readonly ManifestSegment[];
      /** Others that may be, and are left to another run. */
      readonly segmentsHeld: readonly ManifestSegment[];
      readonly run: RunHandle;
    };

/** Is there something to write down or to tell though nothing is to be built? */
type IsNews = (prepared: Prepared, withheld: Withheld) => boolean;

/**
 * Looks at what is to be done and claims it, all at once. Where others hold some of it, waits until they end and looks again, or takes what they leave.
 * @throws EngineError `busy` where it would have to wait and must not, or not any longer
 */
export async function claimWork(options: RunOptions, id: string, startedAt: string, isNews: IsNews): Promise<Work> {
  const patience = createPatience(options, id);
  for (;;) {
    const look = await lookAtTarget(options, startedAt, isNews);
    const { prepared } = look;
    const own = shareOf(options, prepared, nobody, startedAt);
    if (own.nothing && !look.isNeeded) return { kind: 'nothing', prepared, withheld: own.withheld };
    const taken = await takeClaim(options.engine, {
      run: id,
      command: options.command,
      want: (others) => {
        const share = shareOf(options, prepared, others, startedAt);
        const isLeft = !share.nothing || isNews(prepared, share.withheld);
        return isLeft || others.holders.length === 0 ? share.needs : undefined;
      },
      // Nobody was at work when we looked and nobody has claimed since: what was seen still holds.
      begin: (session, { token, others }) =>
        look.quietSince === token - 1 && others.holders.length === 0
          ? beginRun(options, session, id, startedAt)
          : Promise.resolve(undefined),
    });
    if (taken.kind === 'taken') {
      const work = await settle(options, look, taken, id, startedAt, isNews);
      if (work !== undefined) return work;
    } else if (mayLeave(options)) {
      return { kind: 'nothing', prepared, withheld: shareOf(options, prepared, taken.others, startedAt).withheld };
    } else {
      await patience.awaitFree(own.needs, inTheWay(own.needs, taken.others));
    }
  }
}

/** A backfill is a plan of its own: it is done whole or not at all. */
function mayLeave({ ifBusy, backfill }: RunOptions): boolean {
  return ifBusy === 'skip' && backfill === undefined;
}

const nobody: Others = { holders: [], claims: [] };

interface Look {
  readonly prepared: Prepared;
  /** How often anything had been claimed before we looked, where nobody was at work. */
  readonly quietSince: number | undefined;
  /** Though nothing is to be built: runs ended without a word and nobody is at work who would clear up after them, or there is news. */
  readonly isNeeded: boolean;
}

async function lookAtTarget(options: RunOptions, at: string, isNews: IsNews): Promise<Look> {
  const { engine, manifest } = options;
  let store = await openCurrentStore(options);
  if (store.schemaVersion === 0 && manifest.models.length > 0) {
    await migrate(engine, 0, at);
    store = await openTargetStore(options);
  }
  if (store.schemaVersion === 0) {
    return { prepared: await prepareFrom(options, store), quietSince: undefined, isNeeded: false };
  }
  // Before the rest is read: what is written after this moves the token.
  const { token, holders, lost } = await readHolders(engine);
  const living = holders.filter((holder) => !isDead(holder, engine)).length;
  const leftovers = living === 0 && holders.length + lost.length > 0;
  const prepared = await prepareFrom(options, store);
  const isNeeded = leftovers || isNews(prepared, nothingWithheld);
  const isIdle = shareOf(options, prepared, nobody, at).nothing && !isNeeded;
  const isQuiet = holders.length === 0 && (isIdle || (await isUnmoved(options, store)));
  return { prepared, quietSince: isQuiet ? token : undefined, isNeeded };
}

/** What is there was listed before the token was read. */
async function isUnmoved(options: RunOptions, { relations }: Store): Promise<boolean> {
  const now = await listTarget(options);
  return now.size === relations.size && [...now].every((name) => relations.has(name));
}

/** What of the plan is done while others are at it. */
interface Share {
  readonly needs: Needs;
  readonly withheld: Withheld;
  readonly segments: readonly ManifestSegment[];
  readonly segmentsHeld: readonly ManifestSegment[];
  readonly nothing: boolean;
}

function shareOf(options: RunOptions, prepared: Prepared, others: Others, now: string): Share {
  const { plan, snapshot } = prepared;
  const ground: Ground = {
    models: new Map(options.manifest.models.map((model) => [model.name, model])),
    versions: new Map(snapshot.versions.map((version) => [version.model, version])),
  };
  const whole = { steps: stepsOf(options, plan), tests: options.backfill ? [] : testsOf(options, plan) };
  const withheld =
    options.ifBusy === 'skip' ? withhold(ground, whole, others.claims, nameRun(others)) : nothingWithheld;
  const steps = whole.steps.filter(({ model }) => !withheld.steps.has(model));
  const tests = whole.tests.filter(({ test }) => !withheld.tests.has(test.name));
  const staked = findSegments(options, prepared, now);
  const isHeld = (segment: ManifestSegment) =>
    options.ifBusy === 'skip' && findConflicts(needsOf(ground, [], [], [segment]), others.claims).length > 0;
  const segments = staked.filter((segment) => !isHeld(segment));
  const nothing = tests.length === 0 && segments.length === 0 && steps.every(({ action }) => action === 'fresh');
  return {
    needs: needsOf(ground, steps, tests, segments),
    withheld,
    segments,
    segmentsHeld: staked.filter(isHeld),
    nothing: nothing && (!options.testsOnly || withheld.tests.size > 0),
  };
}

function findSegments(
  { manifest, segments, backfill, testsOnly }: RunOptions,
  { plan, snapshot, segments: last }: Prepared,
  now: string,
): readonly ManifestSegment[] {
  if (segments === undefined || backfill !== undefined || testsOnly) return [];
  const complete = completeOf(new Map(snapshot.versions.map((version) => [version.model, version])));
  return segmentsAtStake({ manifest, complete, now }, segments, last, plan);
}

function stepsOf({ backfill, testsOnly, manifest }: RunOptions, plan: RunPlan): readonly PlannedStep[] {
  if (testsOnly) return [];
  if (backfill === undefined) return plan.steps;
  const models = new Set(backfill.batches.filter(({ status }) => status === 'planned').map(({ model }) => model));
  return [...models].map((model) => ({
    kind: 'planned-step',
    model,
    action: 'build',
    reason: backfill.id,
    build: 0,
    after: [],
    tests: manifest.tests.filter((test) => test.model === model).map(planTest),
  }));
}

function nameRun({ holders }: Others): (run: string) => string {
  return (run) => {
    const holder = holders.find((one) => one.run === run);
    return holder === undefined ? `run \`${run}\`` : describeRun(holder);
  };
}

function inTheWay(needs: Needs, { holders, claims }: Others): Others {
  const conflicts = findConflicts(needs, claims);
  return { holders: holders.filter(({ run }) => conflicts.some((claim) => claim.run === run)), claims: conflicts };
}

/** Claimed beside others, or after them: the plan is made anew, and must be within what was claimed. Undefined: it is not, and the claim was given back. */
async function settle(
  options: RunOptions,
  look: Look,
  taken: Extract<Taken<Needs, RunHandle | undefined>, { kind: 'taken' }>,
  id: string,
  startedAt: string,
  isNews: IsNews,
): Promise<Work | undefined> {
  const { claim, wanted, others, begun } = taken;
  try {
    if (begun !== undefined) {
      const { withheld, segments, segmentsHeld } = shareOf(options, look.prepared, others, startedAt);
      return {
        kind: 'claimed',
        prepared: look.prepared,
        withheld,
        claim,
        needs: wanted,
        segments,
        segmentsHeld,
        run: begun,
      };
    }
    const prepared = await prepareFrom(options, await openTargetStore(options));
    const { needs, withheld, segments, segmentsHeld, nothing } = shareOf(options, prepared, others, startedAt);
    const isIdle = nothing && !look.isNeeded && !isNews(prepared, withheld);
    if (!isIdle && covers(wanted, needs)) {
      const run = await options.engine.transaction(async (session) => {
        await lockClaims(session);
        return beginRun(options, session, id, startedAt);
      });
      return { kind: 'claimed', prepared, withheld, claim, needs: wanted, segments, segmentsHeld, run };
    }
    await claim.release();
    return isIdle ? { kind: 'nothing', prepared, withheld } : undefined;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

function covers(claimed: Needs, needs: Needs): boolean {
  const reads = [...needs.reads].every((name) => claimed.reads.has(name) || claimed.writes.has(name));
  return reads && [...needs.writes].every((name) => claimed.writes.has(name));
}

/** In a transaction in which nobody else claims or begins: so the number is ours alone, and a run that claims nothing is a dead one. */
async function beginRun(options: RunOptions, session: Session, id: string, startedAt: string): Promise<RunHandle> {
  await recordInterrupted(session, startedAt);
  return recordRunStart(session, {
    id,
    command: options.command,
    project: options.manifest.project.name,
    target: options.target ?? options.manifest.project.target,
    etalon: options.manifest.etalon,
    host: hostname(),
    pid: process.pid,
    startedAt,
  });
}

/** Tests that hold nothing back: those that span models or, where only tests are asked for, all of them. */
export function testsOf(options: RunOptions, plan: RunPlan): readonly PlannedTest[] {
  if (!options.testsOnly) return plan.lateTests;
  const selected = options.select === undefined ? undefined : new Set(options.select);
  return options.manifest.tests
    .filter((test) => {
      if (selected === undefined || options.selectTests?.includes(test.name)) return true;
      return test.model === undefined ? test.reads.some((name) => selected.has(name)) : selected.has(test.model);
    })
    .map(planTest);
}
