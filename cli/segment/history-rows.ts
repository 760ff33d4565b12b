import type { ManifestSegment, Value } from '../../compiler/index.ts';
import type { Evaluation } from '../../runtime/segments/read-evaluations.ts';
import type { ResultColumn } from '../output/format-result.ts';
import { countColumn, textColumn } from './print-answer.ts';

const timeColumn = (name: string): ResultColumn => ({ name, type: 'timestamp' });

export function historyColumns(isSplit: boolean): readonly ResultColumn[] {
  return [
    timeColumn('as_of'),
    countColumn('version'),
    ...(isSplit ? [textColumn('part')] : []),
    countColumn('size'),
    countColumn('entered'),
    countColumn('left'),
    ...(isSplit ? [] : [countColumn('unknown')]),
    countColumn('population'),
    textColumn('note'),
  ];
}

/** A row for each cut, of a split for each part; a note where a version begins, and where something else was known of the cut before. */
export function historyRows(
  segment: ManifestSegment,
  cuts: readonly Evaluation[],
  language: 'en' | 'ru',
): readonly (readonly Value[])[] {
  return cuts.flatMap((cut, i): readonly (readonly Value[])[] => {
    const note = noteOf(segment, cut, cuts[i - 1], language);
    const { asOf, version, size, entered, left, unknown, population, parts } = cut;
    if (segment.rule?.form !== 'split') return [[asOf, version, size, entered, left, unknown, population, note]];
    return parts.map((part, k) => [
      asOf,
      version,
      part.part,
      part.size,
      part.entered,
      part.left,
      population,
      k === 0 ? note : '',
    ]);
  });
}

const words = {
  en: {
    version: (version: number, what: string) => `version ${version}${what}`,
    known: (at: string) => `restated, known since ${at}`,
  },
  ru: {
    version: (version: number, what: string) => `версия ${version}${what}`,
    known: (at: string) => `пересчитано, известно с ${at}`,
  },
} as const;

function noteOf(
  { changes }: ManifestSegment,
  cut: Evaluation,
  before: Evaluation | undefined,
  language: 'en' | 'ru',
): string {
  const say = words[language];
  const change = changes[String(cut.version)];
  const isNew = before !== undefined && before.rule !== cut.rule;
  return [
    ...(isNew ? [say.version(cut.version, change === undefined ? '' : `: ${change}`)] : []),
    ...(cut.isRestated ? [say.known(cut.knownAt)] : []),
  ].join('; ');
}
