import { catalogOf } from './catalog-of.ts';
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import type { Manifest, ManifestActivity, ManifestMetric, ManifestSegment } from './manifest-types.ts';
import type { Catalog } from './plan/catalog.ts';
import { type Asked, createSetting, excludedSql, membershipSql } from './plan/segment/membership.ts';
import { hasMovingRuler } from './plan/segment/moves.ts';
import type { Breaks, CatalogSegment, Score } from './plan/segment/rule.ts';
import { breakColumns, breaksSql } from './plan/segment/split.ts';
import { textLiteral } from './plan/sql-text.ts';

export type { Breaks, Split as SegmentSplit } from './plan/segment/rule.ts';

/** The logical name of the table of `entity` that a SELECT over some entities only reads. */
export const lookedAtName = 'segments__moved.entities';

/**
 * Everyone whom a segment knows at a cut, as canonical SQL: `entity` as text, `verdict` (`member`, `unknown`, `out`; of a split the part) and `mask` (null of a split). With `some` only those in
 * the table `lookedAtName`. The parser must have been loaded.
 *
 * @example
 * planMembership(manifest, 'vip', '2025-07-01T00:00:00Z').sql
 */
export function planMembership(
  manifest: Manifest,
  name: string,
  asOf: string,
  options: { readonly some?: boolean } = {},
): { readonly sql: string; readonly reads: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
  const asked = askedOf(manifest, asOf, options.some);
  const segment = segmentOf(asked.catalog, name);
  const { sql } = membershipSql(asked, segment);
  const columns = segment.rule!.form === 'split' ? 'part as verdict, cast(null as text) as mask' : 'verdict, mask';
  return {
    sql: `select cast(entity as text) as entity, ${columns} from (${sql}) as membership`,
    reads: [...asked.reads].sort(),
    diagnostics: asked.diagnostics,
  };
}

/** Where the quantiles of a split stand at a cut: the SELECT of one row, how many `buyers` there are and then a value for each of `columns`; undefined where it has none, or they are given. */
export function planBreaks(
  manifest: Manifest,
  name: string,
  asOf: string,
):
  | { readonly sql: string; readonly columns: readonly { readonly score: Score; readonly place: number }[] }
  | undefined {
  const asked = askedOf(manifest, asOf);
  const segment = segmentOf(asked.catalog, name);
  const rule = segment.rule!;
  if (rule.form !== 'split' || !hasMovingRuler(rule.split)) return undefined;
  const setting = createSetting(asked, segment);
  const sql = breaksSql(setting, rule.split, excludedSql(setting));
  return { sql, columns: breakColumns(setting, rule.split) };
}

/** The manifest in which the quantiles of a split stand where they are given. */
export function withBreaks(manifest: Manifest, name: string, breaks: Breaks): Manifest {
  const segments = manifest.segments.map((segment) => {
    if (segment.name !== name || segment.rule?.form !== 'split') return segment;
    return { ...segment, rule: { ...segment.rule, split: { ...segment.rule.split, breaks } } };
  });
  return { ...manifest, segments };
}

/** A rule with all that it is made of but the models. */
interface StoredRule {
  readonly segments: readonly ManifestSegment[];
  readonly activities: readonly ManifestActivity[];
  readonly metrics: readonly ManifestMetric[];
  readonly exclusions: Manifest['project']['exclusions'];
  readonly timezone: string;
}

/** A segment's definition as text, from which it can be computed when the project says something else: its rule with the segments, activities, metrics and exclusions that it names. */
export function writeStoredRule(manifest: Manifest, segment: ManifestSegment): string {
  const segments = closure([segment.name], manifest.segments, ({ inputs }) => inputs);
  const metrics = closure(
    segments.flatMap((one) => one.metrics),
    manifest.metrics,
    ({ inputs }) => inputs,
  );
  const excluded = new Set([...segments, ...metrics].flatMap(({ exclude }) => exclude));
  // Who there is, of an entity without properties, is whoever has done any of its activities; one made of others stands for them.
  const activities = manifest.activities;
  const stored: StoredRule = {
    segments: segments.map((one) => ({ ...one, examples: [] })),
    activities,
    metrics: metrics.map((one) => ({ ...one, examples: [] })),
    exclusions: manifest.project.exclusions.filter(({ name }) => excluded.has(name)),
    timezone: manifest.project.calendar.timezone,
  };
  return JSON.stringify(stored);
}

function closure<T extends { readonly name: string }>(
  names: readonly string[],
  all: readonly T[],
  inputsOf: (one: T) => readonly string[],
): readonly T[] {
  const byName = new Map(all.map((one) => [one.name, one]));
  const found = new Set<string>();
  const visit = (name: string): void => {
    const one = byName.get(name);
    if (!one || found.has(name)) return;
    found.add(name);
    inputsOf(one).forEach(visit);
  };
  names.forEach(visit);
  return all.filter(({ name }) => found.has(name));
}

/** The manifest in which a stored rule takes the place of what is defined by the same names now: it reads the models as they are. */
export function withStoredRule(manifest: Manifest, text: string): Manifest {
  const stored = JSON.parse(text) as StoredRule;
  const { project } = manifest;
  return {
    ...manifest,
    project: {
      ...project,
      calendar: { ...project.calendar, timezone: stored.timezone },
      exclusions: replaced(project.exclusions, stored.exclusions),
    },
    segments: replaced(manifest.segments, stored.segments),
    activities: stored.activities,
    metrics: replaced(manifest.metrics, stored.metrics),
  };
}

function replaced<T extends { readonly name: string }>(all: readonly T[], others: readonly T[]): readonly T[] {
  const names = new Set(others.map(({ name }) => name));
  return [...all.filter(({ name }) => !names.has(name)), ...others];
}

/** A question to the segments of a manifest at a cut. */
export function askedOf(
  manifest: Manifest,
  asOf: string,
  some = false,
): Asked & { readonly reads: Set<string>; readonly diagnostics: Diagnostic[] } {
  const among = some ? { among: `select looked_at.entity from ${lookedAtName} as looked_at` } : {};
  return { catalog: catalogOf(manifest), asOf: instantLiteral(asOf), ...among, reads: new Set(), diagnostics: [] };
}

/** An instant of ours as canonical SQL. */
export function instantLiteral(asOf: string): string {
  return `timestamptz ${textLiteral(asOf)}`;
}

/** A segment that is computed. */
export function segmentOf(catalog: Catalog, name: string): CatalogSegment {
  const segment = catalog.segments.get(name);
  if (!segment?.computed) throw new Error(`segment \`${name}\` is not computed`);
  return segment;
}
