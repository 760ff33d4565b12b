import {
  type ManifestSegment,
  movedEntitiesSql,
  planMembership,
  type QualifiedName,
  qualify,
} from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';
import { type RunContext, StepError, stepSession, writeState } from '../run/run-context.ts';
import type { Evaluated } from '../run/run-types.ts';
import { segmentScratch } from '../run/target-names.ts';
import { isBefore } from '../schedule/plan-segments.ts';
import { buildsToText, toCount } from '../state/rows.ts';
import { findSegmentMark, readStoredVersions, type SegmentMark } from '../state/segment-marks.ts';
import { chooseLook, type LookAt } from './look-at.ts';
import { findRuleThen } from './read-evaluations.ts';
import { readInputs } from './read-inputs.ts';
import { createRender } from './segment-names.ts';
import {
  frozen,
  readBreaks,
  recordRule,
  ruleOfProject,
  ruleOfVersion,
  type SegmentRule,
  wantsBreaks,
} from './segment-rule.ts';
import { type Found, writeEvaluation } from './write-evaluation.ts';

/**
 * Evaluates a segment at a cut: computes beside the memory whom it may answer otherwise, and writes what differs, with the marks, in one transaction. The last cut is judged by the rule of the project, an
 * earlier one by the rule that stood then.
 */
export async function evaluateSegment(context: RunContext, segment: ManifestSegment, cut: string): Promise<Evaluated> {
  const last = await findSegmentMark(context.engine, segment.name);
  const chosen = await chooseRule(context, segment, cut, last);
  const { rule, isNewRuler } = await freezeRule(context, chosen, cut);
  const inputs = await readInputs(context, rule.segment);
  const look: LookAt = isNewRuler
    ? { kind: 'all', why: 'its quantiles are frozen at this cut' }
    : chooseLook(context.manifest, rule, cut, last, inputs);
  const scratch = { moved: segmentScratch(segment.name, 'moved'), found: segmentScratch(segment.name, 'found') };
  await dropScratch(context, scratch);
  try {
    const lookedAt = await compute(context, rule, cut, look, inputs, scratch);
    const builds = buildsToText(Object.fromEntries([...inputs].map(([name, { build }]) => [name, build])));
    const found: Found = {
      table: scratch.found,
      ...(look.kind === 'moved' ? { moved: scratch.moved } : { whyAll: look.why }),
      lookedAt,
      inputs: builds,
    };
    const clock = context.effects.clock();
    const evaluated = await writeState(context, async (session) => {
      await recordRule(session, rule, { cut, run: context.run.id, clock });
      return writeEvaluation(session, rule, { cut, run: context.run.id, at: context.startedAt }, found);
    });
    if (look.kind === 'all' && lookedAt >= manyEntities) await indexMemory(context);
    return evaluated;
  } finally {
    await dropScratch(context, scratch);
  }
}

/** From here on those who moved are found sooner by an index, where the engine has any. */
const manyEntities = 1000;

async function indexMemory({ engine }: RunContext): Promise<void> {
  if (!engine.capabilities.indexes) return;
  for (const table of ['segment_masks', 'segment_memberships']) {
    const name = { schema: 'etalon_state', table };
    await engine.analyze(name);
    await engine.indexLookups(name, [{ kind: 'key', columns: ['entity'] }]);
  }
}

async function chooseRule(
  context: RunContext,
  segment: ManifestSegment,
  cut: string,
  last: SegmentMark | undefined,
): Promise<SegmentRule> {
  const stored = await readStoredVersions(context.engine, segment.name);
  if (last === undefined || !isBefore(cut, last.asOf)) return ruleOfProject(context.manifest, segment, stored);
  const then = await findRuleThen(context.engine, segment.name, cut);
  if (then === undefined || then === segment.fingerprint) return ruleOfProject(context.manifest, segment, stored);
  const version = stored.find(({ rule }) => rule === then);
  if (version === undefined)
    throw new StepError(`the rule that stood at ${cut} is not in \`etalon_state.segment_versions\` any more`);
  return ruleOfVersion(context.manifest, segment.name, version);
}

/** Where the quantiles of a version are to be frozen, this is the cut that they are frozen at. */
async function freezeRule(
  context: RunContext,
  rule: SegmentRule,
  cut: string,
): Promise<{ readonly rule: SegmentRule; readonly isNewRuler: boolean }> {
  if (!wantsBreaks(rule)) return { rule, isNewRuler: false };
  const breaks = await readBreaks(stepSession(context), rule, cut, createRender(context, rule.manifest));
  return breaks === undefined ? { rule, isNewRuler: false } : { rule: frozen(rule, breaks), isNewRuler: true };
}

type Scratch = Readonly<Record<'moved' | 'found', QualifiedName>>;

/** Fills the table of what is found; returns how many entities were looked at. */
async function compute(
  context: RunContext,
  rule: SegmentRule,
  cut: string,
  look: LookAt,
  inputs: ReadonlyMap<string, unknown>,
  { moved, found }: Scratch,
): Promise<number> {
  const session = stepSession(context);
  const { manifest, segment } = rule;
  const isSome = look.kind === 'moved';
  const render = createRender(context, manifest, moved);
  if (look.kind === 'moved') {
    const changes = Object.entries(look.seen).map(([model, seen]) => ({
      model,
      seen,
      raw: context.models.get(model)?.source?.from === 'files',
    }));
    const sql = movedEntitiesSql(manifest, segment.name, { from: look.from, to: cut, changes });
    await session.execute(`create table ${qualify(moved)} as ${render(sql)}`);
    await context.engine.analyze(moved);
  }
  const plan = planMembership(manifest, segment.name, cut, { some: isSome });
  const wrong = plan.diagnostics.find(({ severity }) => severity === 'error');
  if (wrong) throw new StepError(`version ${rule.version} cannot be computed any more: ${wrong.message}`);
  const unread = plan.reads.find((name) => !inputs.has(name));
  if (unread !== undefined) throw new StepError(`\`${unread}\` is read and was never built: select it too`);
  await session.execute(`create table ${qualify(found)} as ${render(plan.sql)}`);
  await context.engine.analyze(found);
  const counted = await session.execute(`select count(*) from ${qualify(isSome ? moved : found)}`);
  return toCount(counted.rows[0]?.[0]);
}

/** What cannot be dropped, or is left by a crash, goes with the next run's garbage. */
async function dropScratch(context: RunContext, scratch: Scratch): Promise<void> {
  for (const table of Object.values(scratch)) {
    await context.engine.execute(`drop table if exists ${qualify(table)}`).catch((error: unknown) => {
      if (!(error instanceof EngineError)) throw error;
    });
  }
}
