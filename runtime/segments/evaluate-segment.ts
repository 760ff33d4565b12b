import { type ManifestSegment, movedEntitiesSql, planMembership, qualify } from '../../compiler/index.ts';
import { type RunContext, StepError, stepSession, writeState } from '../run/run-context.ts';
import type { Evaluated } from '../run/run-types.ts';
import { isBefore } from '../schedule/plan-segments.ts';
import { buildsToText, toCount, toText } from '../state/rows.ts';
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
import { besideName, createBeside, dropBeside, type Unit } from './temporary-table.ts';
import { type Found, writeEvaluation } from './write-evaluation.ts';

/**
 * Evaluates a segment at a cut, in one transaction: computes beside the memory whom it may answer otherwise, and writes what differs, with the marks. The last cut is judged by the rule of the project, an
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
  const planned = planFound(context, rule, cut, look, inputs);
  const builds = buildsToText(Object.fromEntries([...inputs].map(([name, { build }]) => [name, build])));
  const clock = context.effects.clock();
  if (look.kind === 'moved' && last!.population >= manyEntities) await indexMemory(context);
  return writeState(context, async (session) => {
    const unit = { engine: context.engine, session };
    const found = await compute({ ...unit, session: stepSession(context, session) }, planned, look);
    await recordRule(session, rule, { cut, run: context.run.id, clock });
    const at = { cut, run: context.run.id, at: context.startedAt };
    const told = await writeEvaluation(unit, rule, at, { ...found, inputs: builds });
    await dropBeside(unit, [found.table, ...(found.moved ? [found.moved.table] : [])]);
    return told;
  });
}

/** From here on what is known of a segment is found sooner by an index, where the engine has any. */
const manyEntities = 1000;
const indexed = new WeakSet<RunContext['run']>();

/** Once in a run, and not before some are looked up among all. By segment: each is written at a stretch, so that a BRIN tells where, while an index by entity costs more to keep up than it finds. */
async function indexMemory({ engine, run }: RunContext): Promise<void> {
  if (!engine.capabilities.indexes || indexed.has(run)) return;
  indexed.add(run);
  for (const table of ['segment_masks', 'segment_memberships']) {
    const name = { schema: 'etalon_state', table };
    await engine.analyze(name);
    await engine.indexLookups(name, [{ kind: 'range', columns: ['segment'] }]);
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

/** SELECTs of an engine: of those who are looked at, unless everyone is, and of what is found of them. */
interface Planned {
  readonly moved?: string;
  readonly found: string;
}

function planFound(
  context: RunContext,
  rule: SegmentRule,
  cut: string,
  look: LookAt,
  inputs: ReadonlyMap<string, unknown>,
): Planned {
  const { manifest, segment } = rule;
  const render = createRender(context, manifest, besideName(context.engine, 'moved'));
  const plan = planMembership(manifest, segment.name, cut, { some: look.kind === 'moved' });
  const wrong = plan.diagnostics.find(({ severity }) => severity === 'error');
  if (wrong) throw new StepError(`version ${rule.version} cannot be computed any more: ${wrong.message}`);
  const unread = plan.reads.find((name) => !inputs.has(name));
  if (unread !== undefined) throw new StepError(`\`${unread}\` is read and was never built: select it too`);
  const found = render(plan.sql);
  if (look.kind === 'all') return { found };
  const changes = Object.entries(look.seen).map(([model, seen]) => ({
    model,
    seen,
    raw: context.models.get(model)?.source?.from === 'files',
  }));
  return { found, moved: render(movedEntitiesSql(manifest, segment.name, { from: look.from, to: cut, changes })) };
}

/** Fills the tables of whom is looked at, and of what is found of them. */
async function compute(unit: Unit, { moved, found }: Planned, look: LookAt): Promise<Omit<Found, 'inputs'>> {
  const count = async (sql: string) => (await unit.session.execute(sql)).rows;
  if (look.kind === 'all' || moved === undefined) {
    const table = await createBeside(unit, 'found', found);
    const rows = await count(`select verdict, count(*) from ${qualify(table)} group by verdict`);
    const verdicts = new Map(rows.map(([verdict, entities]) => [toText(verdict), toCount(entities)]));
    const lookedAt = [...verdicts.values()].reduce((sum, entities) => sum + entities, 0);
    return { table, lookedAt, verdicts, ...(look.kind === 'all' ? { whyAll: look.why } : {}) };
  }
  const who = await createBeside(unit, 'moved', moved);
  const [row] = await count(`select count(*) from ${qualify(who)}`);
  const table = await createBeside(unit, 'found', found);
  return { table, lookedAt: toCount(row?.[0]), moved: { table: who, from: look.from } };
}
