import type { Attrition, ManifestSegment, Value } from '../../compiler/index.ts';
import type { ResultColumn } from '../output/format-result.ts';
import { countColumn, textColumn } from './print-answer.ts';

export const attritionColumns: readonly ResultColumn[] = [
  textColumn('condition'),
  textColumn('rule'),
  countColumn('fails'),
  countColumn('unknown'),
  countColumn('removed'),
  countColumn('sole'),
];

/** A row for each condition in order, groups before what is in them, then the exclusions. */
export function attritionRows(
  segment: ManifestSegment,
  { rows }: Attrition,
  language: 'en' | 'ru',
): readonly (readonly Value[])[] {
  const words = new Map(segment.words[language].map(({ path, text }) => [path, text]));
  return rows.map(({ condition, fails, unknown, removed, sole }) => [
    condition,
    words.get(condition) ?? '',
    fails,
    unknown,
    removed,
    sole,
  ]);
}
