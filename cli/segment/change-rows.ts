import type { Value } from '../../compiler/index.ts';
import type { SegmentChange } from '../../runtime/segments/explain-change.ts';
import type { ResultColumn } from '../output/format-result.ts';
import { countColumn, textColumn } from './print-answer.ts';

const titles = {
  restatement: 'restatement: what was learned since of the first cut',
  behaviour: 'behaviour: what they did',
  ruler: 'ruler: quantiles that moved',
  rule: 'rule: another version',
} as const;

function isSplit({ steps }: SegmentChange): boolean {
  return steps.some(({ part }) => part !== undefined);
}

export function changeColumns(change: SegmentChange): readonly ResultColumn[] {
  return [
    textColumn('why'),
    ...(isSplit(change) ? [textColumn('part')] : []),
    countColumn('entered'),
    countColumn('left'),
    countColumn('net'),
    textColumn('who'),
  ];
}

/** A row for each step, of a split for each part that it moves; then the whole, which is their sum, and the interaction, which is no part of it. */
export function changeRows(change: SegmentChange): readonly (readonly Value[])[] {
  const hasParts = isSplit(change);
  const row = (why: string, part: string | undefined, ...rest: readonly Value[]): readonly Value[] =>
    hasParts ? [why, part ?? '', ...rest] : [why, ...rest];
  const steps = change.steps
    .filter(({ entered, left }) => !hasParts || entered + left > 0)
    .map(({ step, part, entered, left, who }) => {
      const named = [...who.entered.map((key) => `+${key}`), ...who.left.map((key) => `-${key}`)].join(' ');
      return row(titles[step], part, entered, left, entered - left, named);
    });
  const parts = hasParts ? [...new Set(change.steps.map(({ part }) => part))] : [undefined];
  const totals = parts.map((part) => {
    const own = change.steps.filter((step) => step.part === part);
    const sum = (of: (step: (typeof own)[number]) => number) => own.reduce((all, step) => all + of(step), 0);
    return row(
      'in all',
      part,
      '',
      '',
      sum(({ entered, left }) => entered - left),
      '',
    );
  });
  const asides = change.interaction.map(({ part, net }) =>
    row('interaction: so much of the rule’s by what they did meanwhile', part, '', '', net, ''),
  );
  return [...steps, ...totals, ...asides];
}
