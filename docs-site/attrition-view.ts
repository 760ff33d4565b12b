import type { Attrition, ManifestSegment } from '../compiler/index.ts';
import type { SafeHtml } from './render-template.ts';
import { type SiteContext, wordsHtml } from './site-context.ts';

export interface AttritionStep {
  readonly path: string;
  readonly words: SafeHtml;
  /** `inner`: a condition of a group, which removes nobody by itself. */
  readonly look: '' | 'inner' | 'total';
  /** Places of the bar in per cent: what is left, and right of it what goes. */
  readonly keeps: string;
  readonly goes: string;
  readonly removed: string;
  readonly left: string;
  readonly without: string;
  readonly unknown: string;
}

/** Everyone, then each condition in order with whom it removes, then who is in. */
export function attritionSteps(
  site: SiteContext,
  segment: ManifestSegment,
  attrition: Attrition,
): readonly AttritionStep[] {
  const { t, format } = site;
  const { population, members, rows } = attrition;
  const words = new Map(segment.words[site.input.language].map(({ path, text }) => [path, text]));
  const percent = (count: number): string =>
    `${population === 0 ? 0 : Number(((count / population) * 100).toFixed(2))}%`;
  let left = population;
  const total = (key: string, count: number): AttritionStep => ({
    path: '',
    words: wordsHtml(site, t(key, { entity: segment.entity })),
    look: 'total',
    keeps: percent(count),
    goes: '0',
    removed: '',
    left: format.count(count),
    without: '',
    unknown: '',
  });
  const steps = rows.map((row): AttritionStep => {
    const isInner = row.removed === null;
    left -= row.removed ?? 0;
    return {
      path: /^\d/.test(row.condition) ? row.condition : '',
      words: wordsHtml(site, words.get(row.condition) ?? row.condition),
      look: isInner ? 'inner' : '',
      keeps: percent(left),
      goes: isInner ? '0' : percent(row.removed!),
      removed: isInner ? '' : row.removed === 0 ? format.count(0) : `−${format.count(row.removed!)}`,
      left: isInner ? '' : format.count(left),
      without: row.sole === 0 ? format.count(0) : `+${format.count(row.sole)}`,
      unknown: row.unknown === 0 ? '' : format.count(row.unknown),
    };
  });
  return [total('segment.everyone', population), ...steps, total('segment.members', members)];
}
