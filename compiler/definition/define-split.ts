import type { Located } from '../diagnostic/diagnostic.ts';
import type { YamlMapping } from '../source/source-file.ts';
import type { SplitDefinition } from './condition.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName, report } from './definition-context.ts';
import { omitUndefined } from './omit-undefined.ts';
import {
  entriesOf,
  findEntry,
  findNode,
  findNumber,
  findText,
  getLocated,
  getMapping,
  getNode,
  sqlOf,
  textOf,
  textsOf,
} from './read-node.ts';

const scores = ['recency', 'frequency', 'monetary'] as const;

/** What those get who did nothing in the window. */
export const noPart = 'none';

export function defineSplit(context: DefinitionContext, split: YamlMapping): SplitDefinition {
  const entry = findEntry(split, 'rfm')!;
  const rfm = getMapping(entry.value);
  const quantiles = findNumber(rfm, 'quantiles');
  if (quantiles === undefined && !scores.some((key) => findNode(rfm, key))) {
    report(context, 'E1202', entry.keySpan, '`rfm` needs thresholds', [
      'add `recency`, `frequency` or `monetary`, or `quantiles`',
    ]);
  }
  return omitUndefined({
    activity: getLocated(rfm, 'activity'),
    within: getLocated(rfm, 'within'),
    cuts: Object.fromEntries(scores.flatMap((key) => defineCuts(context, rfm, key))),
    quantiles,
    freeze: (findText(rfm, 'freeze') ?? 'version') as SplitDefinition['freeze'],
    parts: defineParts(context, split),
    span: entry.keySpan,
  });
}

function defineCuts(
  context: DefinitionContext,
  rfm: YamlMapping,
  key: (typeof scores)[number],
): [string, Located<readonly string[]>][] {
  const node = findNode(rfm, key);
  if (!node) return [];
  const cuts = textsOf(node);
  const falls = cuts.findIndex((cut, i) => i > 0 && Number(cut) <= Number(cuts[i - 1]));
  if (falls > 0)
    report(context, 'E1205', node.span, `\`${key}\`: ${cuts[falls]} does not lie above ${cuts[falls - 1]}`, [
      'cuts are written from the least to the greatest; for recency, too, where fewer days are better',
    ]);
  if (key === 'recency' && cuts.some((cut) => Number(cut) <= 0))
    report(context, 'E1205', node.span, '`recency` is cut by days since the last event, which are more than 0', [
      'for example `recency: [30, 90, 180]`',
    ]);
  return [[key, { value: cuts, span: node.span }]];
}

function defineParts(context: DefinitionContext, split: YamlMapping): SplitDefinition['parts'] {
  const parts = entriesOf(getNode(split, 'parts'));
  for (const [i, { key, keySpan, value }] of parts.entries()) {
    checkName(context, 'part', key, keySpan);
    if (key === noPart)
      report(context, 'E1301', keySpan, `a part cannot be called \`${noPart}\``, [
        `that is who did nothing in the window`,
      ]);
    if (textOf(value) === 'else' && i < parts.length - 1) {
      report(context, 'E1205', value.span, `\`else\` takes everyone, so that no part after \`${key}\` has members`, [
        'put it last',
      ]);
    }
  }
  return parts.map(({ key, keySpan, value }) => ({
    name: key,
    when: textOf(value) === 'else' ? 'else' : sqlOf(value),
    span: keySpan,
  }));
}
