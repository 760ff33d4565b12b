import {
  type Breaks,
  type Manifest,
  type ManifestSegment,
  planBreaks,
  withBreaks,
  withStoredRule,
  writeStoredRule,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { StepError } from '../run/run-context.ts';
import { microsecondsOf } from '../schedule/microseconds-of.ts';
import { statement, toCount, toText } from '../state/rows.ts';
import type { StoredVersion } from '../state/segment-marks.ts';

/** A rule as it is to be computed: the manifest that says it, with its quantiles frozen where they are. */
export interface SegmentRule {
  readonly manifest: Manifest;
  readonly segment: ManifestSegment;
  readonly rule: string;
  readonly version: number;
  /** As text, so that it can be computed when the project says something else. */
  readonly definition: string;
  readonly breaks?: Breaks;
}

/** The rule of the project, with the breaks that were frozen when it was first evaluated. */
export function ruleOfProject(
  manifest: Manifest,
  segment: ManifestSegment,
  stored: readonly StoredVersion[],
): SegmentRule {
  const known = stored.find(({ rule }) => rule === segment.fingerprint);
  const definition = known?.definition ?? writeStoredRule(manifest, segment);
  const own = { manifest, segment, rule: segment.fingerprint, version: segment.version, definition };
  return known?.breaks === undefined ? own : frozen(own, parseBreaks(known.breaks));
}

/** A rule that was evaluated once, over the models as they are now. */
export function ruleOfVersion(manifest: Manifest, name: string, stored: StoredVersion): SegmentRule {
  const then = withStoredRule(manifest, stored.definition);
  const segment = then.segments.find((one) => one.name === name)!;
  const gone = segment.reads.find((read) => !manifest.models.some((model) => model.name === read));
  if (gone !== undefined)
    throw new StepError(
      `version ${stored.version} cannot be computed any more: it reads \`${gone}\`, which is no model now`,
    );
  const { rule, version, definition } = stored;
  const own = { manifest: then, segment, rule, version, definition };
  return stored.breaks === undefined ? own : frozen(own, parseBreaks(stored.breaks));
}

/** The same rule by a ruler that is given. */
export function frozen(rule: SegmentRule, breaks: Breaks): SegmentRule {
  const manifest = withBreaks(rule.manifest, rule.segment.name, breaks);
  const segment = manifest.segments.find(({ name }) => name === rule.segment.name)!;
  return { ...rule, manifest, segment, breaks };
}

/** Are the quantiles of the rule to be frozen, and are not yet? */
export function wantsBreaks({ segment: { rule } }: SegmentRule): boolean {
  return (
    rule?.form === 'split' &&
    rule.split.quantiles !== undefined &&
    rule.split.freeze === 'version' &&
    !rule.split.breaks
  );
}

/** Where the quantiles of a rule stand at a cut; undefined where nobody is there to be measured, or it has none. `render`: canonical SQL as the engine's. */
export async function readBreaks(
  session: Session,
  rule: SegmentRule,
  cut: string,
  render: (sql: string) => string,
): Promise<Breaks | undefined> {
  const plan = planBreaks(rule.manifest, rule.segment.name, cut);
  if (plan === undefined) return undefined;
  const [row] = (await session.execute(render(plan.sql))).rows;
  if (toCount(row?.[0]) === 0) return undefined;
  const breaks: Record<string, (string | null)[]> = {};
  for (const [i, { score }] of plan.columns.entries()) {
    const value = row![i + 1] ?? null;
    const one = value === null ? null : score === 'recency' ? elapsed(cut, toText(value)) : toText(value);
    breaks[score] = [...(breaks[score] ?? []), one];
  }
  return breaks;
}

function elapsed(cut: string, at: string): string {
  return String(microsecondsOf(cut)! - microsecondsOf(at)!);
}

function parseBreaks(text: string): Breaks {
  return JSON.parse(text) as Breaks;
}

/** Keeps a rule when it is first evaluated, and its breaks when there is first somebody to be measured. */
export async function recordRule(
  session: Session,
  rule: SegmentRule,
  at: { readonly cut: string; readonly run: string; readonly clock: string },
): Promise<void> {
  const own = [rule.segment.name, rule.rule];
  const found = await session.execute(
    statement('select breaks from etalon_state.segment_versions where segment = $1 and rule = $2', ...own),
  );
  const breaks = rule.breaks && rule.segment.rule?.form === 'split' ? JSON.stringify(rule.breaks) : null;
  const isFrozen = breaks !== null && freezes(rule);
  if (found.rows.length === 0) {
    await session.execute(
      statement(
        `insert into etalon_state.segment_versions (segment, rule, version, definition, breaks, breaks_as_of, run, recorded_at)
         values ($1, $2, $3, $4, $5, cast($6 as timestamptz), $7, cast($8 as timestamptz))`,
        ...own,
        rule.version,
        rule.definition,
        isFrozen ? breaks : null,
        isFrozen ? at.cut : null,
        at.run,
        at.clock,
      ),
    );
  } else if (isFrozen && (found.rows[0]![0] ?? null) === null) {
    await session.execute(
      statement(
        'update etalon_state.segment_versions set breaks = $3, breaks_as_of = cast($4 as timestamptz) where segment = $1 and rule = $2',
        ...own,
        breaks,
        at.cut,
      ),
    );
  }
}

function freezes({ segment: { rule } }: SegmentRule): boolean {
  return rule?.form === 'split' && rule.split.freeze === 'version';
}
