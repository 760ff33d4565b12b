import {
  type Manifest,
  type ManifestSegment,
  planMembership,
  renderSql,
  type SegmentSplit,
  shapesOf,
} from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { StepError } from '../run/run-context.ts';
import { publishedName } from '../run/target-names.ts';
import { toCount, toOptionalText, toText } from '../state/rows.ts';
import { outside, readStoredVersions } from '../state/segment-marks.ts';
import { findCut, type KnownCut, membersThenSql } from './read-cuts.ts';
import { frozen, readBreaks, ruleOfProject, ruleOfVersion, type SegmentRule } from './segment-rule.ts';
import { type ChangeStep, type Signature, sumSteps } from './sum-steps.ts';

export interface ChangeRequest {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly target: string;
  readonly segment: ManifestSegment;
  /** Instants; each stands for the last cut that is not after it. */
  readonly from: string;
  readonly to: string;
  /** So many of those who came or went are named for each step. */
  readonly samples: number;
}

/** Why a segment has another size than it had. The steps lead from what was known of the first cut, then, to what is known of the second now: their nets add up to the difference. */
export interface SegmentChange {
  readonly from: KnownCut & { readonly size: number };
  readonly to: KnownCut & { readonly size: number };
  readonly steps: readonly ChangeStep[];
  /** By how much more the rule changes at the second cut than it would have at the first; of a split by part. */
  readonly interaction: readonly { readonly part?: string; readonly net: number }[];
}

/** What cannot be explained, in words. */
export class ChangeError extends Error {
  readonly hints: readonly string[];
  constructor(message: string, hints: readonly string[] = []) {
    super(message);
    this.name = 'ChangeError';
    this.hints = hints;
  }
}

/**
 * Tells apart what made a segment grow or shrink between two cuts (semantics.md §9): what was learned since of the first one (restatement), what people did (behaviour), a ruler of quantiles that moved, another rule.
 * @throws ChangeError where nothing is stored of a cut, or a rule cannot be computed any more
 */
export async function explainChange(request: ChangeRequest): Promise<SegmentChange> {
  const { engine, segment } = request;
  const [from, to] = [await getCut(request, request.from, 'first'), await getCut(request, request.to, 'last')];
  if (from.asOf === to.asOf)
    throw new ChangeError(`both days stand for one cut of \`${segment.name}\`, ${from.asOf}`, [
      `its cuts: etalon segment history ${segment.name}`,
    ]);
  const stored = await readStoredVersions(engine, segment.name);
  const ruleOf = ({ rule }: KnownCut): SegmentRule => {
    if (rule === segment.fingerprint) return ruleOfProject(request.manifest, segment, stored);
    const version = stored.find((one) => one.rule === rule);
    if (!version) throw new ChangeError(`the rule of version ${segment.version} is not stored any more`);
    return ruleOfVersion(request.manifest, segment.name, version);
  };
  const sets = await planSets(request, from, to, ruleOf);
  const signatures = await readSignatures(request, [membersThenSql(segment.name, from), ...sets.sql]);
  const { steps, interaction, sizes } = sumSteps(signatures, sets.names, {
    samples: request.samples,
    isSplit: segment.rule?.form === 'split',
  });
  return {
    from: { ...from, size: sizes[0]! },
    to: { ...to, size: sizes.at(-2)! },
    steps,
    interaction: from.rule === to.rule ? [] : interaction,
  };
}

async function getCut({ engine, segment }: ChangeRequest, day: string, known: 'first' | 'last'): Promise<KnownCut> {
  const cut = await findCut(engine, segment.name, day, known);
  if (cut) return cut;
  throw new ChangeError(`nothing is stored of \`${segment.name}\` as of ${day} or before`, [
    `to compute it: etalon segment evaluate ${segment.name} --as-of ${day}`,
    `what is stored: etalon segment history ${segment.name}`,
  ]);
}

interface Sets {
  /** SELECTs of `entity` and `label`, from the first rule at the first cut to the second at the second; the last is the second rule at the first cut. */
  readonly sql: readonly string[];
  /** Of the steps from what was stored to the first of them, and from each to the next. */
  readonly names: readonly ChangeStep['step'][];
}

async function planSets(
  request: ChangeRequest,
  from: KnownCut,
  to: KnownCut,
  ruleOf: (cut: KnownCut) => SegmentRule,
): Promise<Sets> {
  const [first, second] = [ruleOf(from), ruleOf(to)];
  const [old, young] = [await measured(request, first, from.asOf), await measured(request, second, to.asOf)];
  const members = (rule: SegmentRule, cut: string) => membersSql(request, rule, cut);
  const [atFirst, later] = [members(old, from.asOf), members(old, to.asOf)];
  const last = members(young, to.asOf);
  if (!isMeasured(first) && !isMeasured(second)) {
    return { sql: [atFirst, later, last, members(young, from.asOf)], names: ['restatement', 'behaviour', 'rule'] };
  }
  // The first rule by the ruler of the second, where they measure the same; else by its own as it stands there.
  const isOne = isSameRuler(first.segment, second.segment);
  const moved = isOne && young.breaks ? frozen(first, young.breaks) : await measured(request, first, to.asOf);
  const before = isOne && old.breaks ? frozen(second, old.breaks) : await measured(request, second, from.asOf);
  return {
    sql: [atFirst, later, members(moved, to.asOf), last, members(before, from.asOf)],
    names: ['restatement', 'behaviour', 'ruler', 'rule'],
  };
}

function splitOf({ rule }: ManifestSegment): SegmentSplit | undefined {
  return rule?.form === 'split' ? rule.split : undefined;
}

function isMeasured({ segment }: SegmentRule): boolean {
  return splitOf(segment)?.quantiles !== undefined;
}

function isSameRuler(a: ManifestSegment, b: ManifestSegment): boolean {
  const scale = (segment: ManifestSegment) => {
    const split = splitOf(segment);
    return split && JSON.stringify([split.activity, split.within, split.quantiles]);
  };
  return scale(a) === scale(b);
}

/** The rule with its quantiles where they are frozen, else where they stand at the cut. */
async function measured(request: ChangeRequest, rule: SegmentRule, cut: string): Promise<SegmentRule> {
  if (!isMeasured(rule) || rule.breaks) return rule;
  const breaks = await readBreaks(request.engine, rule, cut, (sql) => render(request, rule.manifest, sql));
  return breaks === undefined ? rule : frozen(rule, breaks);
}

function membersSql(request: ChangeRequest, rule: SegmentRule, cut: string): string {
  const plan = planMembership(rule.manifest, rule.segment.name, cut);
  const wrong = plan.diagnostics.find(({ severity }) => severity === 'error');
  if (wrong) throw new StepError(`version ${rule.version} cannot be computed any more: ${wrong.message}`);
  const isIn = rule.segment.rule?.form === 'split' ? `verdict <> '${outside}'` : "verdict = 'member'";
  return `select entity, verdict as label from (${render(request, rule.manifest, plan.sql)}) as members where ${isIn}`;
}

function render({ engine, target }: ChangeRequest, manifest: Manifest, sql: string): string {
  const names = (name: string) => publishedName(manifest, target, name);
  return renderSql(sql, engine.capabilities.dialect, names, { shapeOf: shapesOf(manifest) });
}

/** In which of the sets each entity is, those alike together. */
async function readSignatures(
  { engine, samples }: ChangeRequest,
  sets: readonly string[],
): Promise<readonly Signature[]> {
  const labels = sets.map((_, i) => `max(case when place = ${i} then label end) as in_${i}`);
  const names = sets.map((_, i) => `in_${i}`).join(', ');
  const all = sets.map((sql, i) => `select entity, label, ${i} as place from (${sql}) as set_${i}`).join(' union all ');
  const found = await engine.ask(
    `select ${names}, entities, entity from (
       select ${names}, entity, count(*) over (partition by ${names}) as entities, row_number() over (partition by ${names} order by entity) as nth
       from (select entity, ${labels.join(', ')} from (${all}) as sets group by entity) as marked
     ) as counted where nth <= ${Math.max(1, samples)} order by ${names}, entity`,
  );
  const signatures = new Map<string, { labels: (string | undefined)[]; entities: number; sample: string[] }>();
  for (const row of found.rows) {
    const labels = row.slice(0, sets.length).map(toOptionalText);
    const key = JSON.stringify(labels);
    const signature = signatures.get(key) ?? { labels, entities: toCount(row[sets.length]), sample: [] };
    if (samples > 0) signature.sample.push(toText(row[sets.length + 1]));
    signatures.set(key, signature);
  }
  return [...signatures.values()];
}
