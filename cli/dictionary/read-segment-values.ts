import { createHash } from 'node:crypto';
import { type ManifestSegment, overlapSets, planSegment, type SegmentQuestion } from '../../compiler/index.ts';
import type { SegmentOverlap, SegmentValues } from '../../docs-site/index.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import { readEvaluations } from '../../runtime/segments/read-evaluations.ts';
import { withFrozenRulers } from '../../runtime/segments/with-frozen-rulers.ts';
import { findAsOf } from '../project/read-target-history.ts';
import { openResultCache } from '../project/result-cache.ts';
import { countPairs } from '../segment/count-pairs.ts';
import { askAttrition, askSizes } from '../segment/sizes.ts';
import type { ValuesSource } from './read-metric-values.ts';

/** Days of stored sizes that a chart has room for. */
const storedDays = 400;
/** Segments of one entity that are held against each other: each more makes the question longer. */
const comparedSegments = 20;

/** Sizes, attrition and overlaps of each computed segment, as `etalon segment` gives them. Segments whose models are not built are left out. */
export async function readSegmentValues(asked: ValuesSource): Promise<SegmentValues[]> {
  const source = await withRulers(asked);
  const segments = source.project.manifest.segments.filter(({ computed }) => computed);
  const cache = openResultCache<Omit<SegmentValues, 'overlaps'> | readonly SegmentOverlap[]>(
    source.project.folder,
    'segment-values',
  );
  const keep = async <T extends Omit<SegmentValues, 'overlaps'> | readonly SegmentOverlap[]>(
    of: readonly ManifestSegment[],
    what: string,
    read: () => Promise<T | undefined>,
  ): Promise<T | undefined> => {
    const key = keyOf(source, of, what);
    const found = (cache.find(key) as T | undefined) ?? (await read());
    if (found) cache.keep(key, found);
    return found;
  };
  const values: SegmentValues[] = [];
  for (const segment of segments) {
    const own = await keep([segment], 'sizes', () => readSizes(source, segment));
    if (own) values.push(own as SegmentValues);
  }
  const overlaps: SegmentOverlap[] = [];
  for (const entity of new Set(segments.map((segment) => segment.entity))) {
    const compared = chooseCompared(segments.filter((segment) => segment.entity === entity));
    overlaps.push(...((await keep(compared, 'overlaps', () => readOverlaps(source, compared))) ?? []));
  }
  cache.save();
  const told: SegmentValues[] = [];
  for (const own of values) {
    const history = await readSizesThen(source, own.segment);
    told.push({ ...own, overlaps: overlapsOf(own.segment, overlaps), ...(history.length > 0 ? { history } : {}) });
  }
  return told;
}

/** What splits are measured by is what their evaluations were measured by. */
async function withRulers(source: ValuesSource): Promise<ValuesSource> {
  const { project, engine, target } = source;
  const manifest = await withFrozenRulers({ manifest: project.manifest, engine, target: target.name });
  return { ...source, project: { ...project, manifest } };
}

/** Sizes that were stored, the last of each day; of a split how many are in any part. */
async function readSizesThen(
  { project, engine }: ValuesSource,
  segment: string,
): Promise<NonNullable<SegmentValues['history']>> {
  const { timezone } = project.manifest.project.calendar;
  const days = new Map(
    (await readEvaluations(engine, segment)).map(({ asOf, size, version, entered, left }) => {
      const day = dayOf(asOf, timezone);
      return [day, { day, size, version, entered, left }] as const;
    }),
  );
  return [...days.values()].slice(-storedDays);
}

/** The day that a cut closes: one at midnight is of the day before. */
function dayOf(asOf: string, timeZone: string): string {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return date.format(Date.parse(asOf) - 1);
}

/** Those in production first; what is archived is compared with nothing. */
function chooseCompared(segments: readonly ManifestSegment[]): readonly ManifestSegment[] {
  const order = { production: 0, draft: 1, archived: 2 } as const;
  return segments
    .filter(({ status }) => status !== 'archived')
    .sort((a, b) => order[a.status] - order[b.status] || (a.name < b.name ? -1 : 1))
    .slice(0, comparedSegments);
}

async function readSizes(
  source: ValuesSource,
  segment: ManifestSegment,
): Promise<Omit<SegmentValues, 'overlaps'> | undefined> {
  const asking = askingAt(source, [segment]);
  if (!asking) return undefined;
  const attrition = segment.rule?.form === 'split' ? undefined : await askAttrition(asking, segment);
  const rows = await askSizes(asking, segment);
  return {
    segment: segment.name,
    asOf: asking.asOf,
    sizes: rows.map(([, part, entities, share]) => ({
      part: String(part),
      entities: Number(entities),
      share: share === null || share === undefined ? null : Number(share),
    })),
    ...(attrition ? { attrition } : {}),
  };
}

async function readOverlaps(
  source: ValuesSource,
  segments: readonly ManifestSegment[],
): Promise<readonly SegmentOverlap[] | undefined> {
  const sets = overlapSets(segments);
  const asking = askingAt(source, segments);
  if (!asking || sets.length < 2) return undefined;
  const { rows } = await asking.ask({ ask: 'overlap', segments: segments.map(({ name }) => name) });
  const masks = rows.map(([mask, entities]) => ({ mask: String(mask), entities: Number(entities) }));
  return countPairs(sets, masks).map(([a, b, both, onlyA, onlyB]) => ({
    set: String(a),
    with: String(b),
    both: Number(both),
    onlySet: Number(onlyA),
    onlyWith: Number(onlyB),
  }));
}

/** A pair is told on the pages of both, each time from the side of the page. */
function overlapsOf(name: string, pairs: readonly SegmentOverlap[]): readonly SegmentOverlap[] {
  const isOwn = (set: string): boolean => set === name || set.startsWith(`${name}.`);
  return pairs
    .flatMap((pair): SegmentOverlap[] => {
      if (isOwn(pair.set)) return [pair];
      const { set, with: other, both, onlySet, onlyWith } = pair;
      return isOwn(other) ? [{ set: other, with: set, both, onlySet: onlyWith, onlyWith: onlySet }] : [];
    })
    .sort((a, b) => b.both - a.both || (`${a.set} ${a.with}` < `${b.set} ${b.with}` ? -1 : 1));
}

/** Asks at the instant up to which all that the segments read is complete; undefined where one is not built. */
function askingAt({ project, target, engine, history }: ValuesSource, segments: readonly ManifestSegment[]) {
  const { manifest } = project;
  const asOf = findAsOf(history, [...new Set(segments.flatMap(({ reads }) => reads))]);
  if (asOf === undefined) return undefined;
  const ask = async (question: SegmentQuestion) => {
    const { plan, diagnostics } = planSegment(manifest, question, asOf);
    if (!plan) throw new Error(`a segment that was compiled has no plan: ${diagnostics[0]?.message}`);
    const { rows } = await queryTarget({ manifest, engine, plan, target: target.name });
    return { plan, rows };
  };
  return { asOf, ask };
}

/** All that the numbers depend on: the rules, the calendar, and the versions of what is read. */
function keyOf({ project, target, history }: ValuesSource, segments: readonly ManifestSegment[], what: string): string {
  const reads = [...new Set(segments.flatMap((segment) => segment.reads))].sort().map((name) => {
    const { fingerprint, builtAt, run, completeThrough } = history.models[name] ?? {};
    return [name, fingerprint, builtAt, run, completeThrough];
  });
  const { name, calendar } = project.manifest.project;
  const rules = segments.map(({ name: own, fingerprint, rule }) => [
    own,
    fingerprint,
    rule?.form === 'split' ? rule.split.breaks : undefined,
  ]);
  const parts = [what, rules, reads, name, calendar, project.manifest.etalon, target];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
