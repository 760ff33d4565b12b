import type { SplitDefinition } from '../../definition/condition.ts';
import { diagnostic } from '../../diagnostic/diagnostic.ts';
import { hasValue } from './activity-rows.ts';
import { type Analysis, readScoreCondition } from './analysis.ts';
import { findActivity } from './resolve-condition.ts';
import type { Split } from './rule.ts';
import { scoreNames, scoresOf } from './split.ts';

/** A split with its names found. */
export function resolveSplit(written: SplitDefinition, analysis: Analysis): Split | undefined {
  const activity = findActivity(written.activity, analysis);
  if (!activity) return undefined;
  const { diagnostics } = analysis;
  const isWorth = hasValue(analysis.catalog, activity.name);
  const { monetary } = written.cuts;
  if (monetary && !isWorth)
    diagnostics.push(
      diagnostic('E1202', `\`monetary\` needs \`value\` in the activity \`${activity.name}\``, {
        span: monetary.span,
        hints: ['say there what an event is worth: `value: amount`'],
      }),
    );
  const names = scoresOf(written, isWorth).map((score) => scoreNames[score]);
  const parts = written.parts.flatMap(({ name, when }) => {
    const canonical = when === 'else' ? 'else' : readScoreCondition(when, names, analysis);
    return canonical === undefined ? [] : [{ name, when: canonical }];
  });
  if (parts.length < written.parts.length) return undefined;
  const cuts = Object.entries(written.cuts).map(([score, located]) => [score, located.value]);
  return {
    activity: activity.name,
    within: written.within.value,
    cuts: Object.fromEntries(cuts),
    ...(written.quantiles === undefined ? {} : { quantiles: written.quantiles }),
    freeze: written.freeze,
    parts,
  };
}
