import { toValue } from '../schema/to-value.ts';
import type { YamlEntry, YamlMapping, YamlNode } from '../source/source-file.ts';
import { defineExample } from './define-example.ts';
import { checkChanges } from './define-metric.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkInside, checkName, report } from './definition-context.ts';
import { omitUndefined } from './omit-undefined.ts';
import {
  dictionaryOf,
  entriesOf,
  findEntry,
  findNode,
  findNumber,
  findText,
  getLocated,
  getMapping,
  getNode,
  itemsOf,
  locateAll,
  textOf,
  textsOf,
} from './read-node.ts';
import type { SegmentDefinition } from './segment.ts';

/** `list:` paths of a condition tree stay inside the project. */
function checkLists(context: DefinitionContext, node: YamlNode): void {
  for (const item of node.kind === 'sequence' ? node.items : []) checkLists(context, item);
  for (const { key, value } of entriesOf(node)) {
    if (key === 'list') checkInside(context, textOf(value), value.span);
    else if (key === 'all' || key === 'any' || key === 'not') checkLists(context, value);
  }
}

function checkSplit(context: DefinitionContext, split: YamlMapping): void {
  const rfm = findEntry(split, 'rfm')!;
  const scores = ['recency', 'frequency', 'monetary', 'quantiles'];
  if (!scores.some((key) => findNode(getMapping(rfm.value), key))) {
    report(context, 'E1202', rfm.keySpan, '`rfm` needs thresholds', [
      'add `recency`, `frequency` or `monetary`, or `quantiles`',
    ]);
  }
  const parts = entriesOf(getNode(split, 'parts'));
  for (const [i, { key, keySpan, value }] of parts.entries()) {
    checkName(context, 'part', key, keySpan);
    if (textOf(value) === 'else' && i < parts.length - 1) {
      report(context, 'E1205', value.span, `\`else\` takes everyone, so that no part after \`${key}\` has members`, [
        'put it last',
      ]);
    }
  }
}

export function defineSegment(context: DefinitionContext, entry: YamlEntry): SegmentDefinition {
  checkName(context, 'segment', entry.key, entry.keySpan);
  const body = getMapping(entry.value);
  const where = findNode(body, 'where');
  const split = findNode(body, 'split');
  if (where) checkLists(context, where);
  if (split) checkSplit(context, getMapping(split));
  const version = findNumber(body, 'version') ?? 1;
  checkChanges(context, body, version);
  const expect = findNode(body, 'expect');
  const share = findNode(body, 'export');
  const segment = omitUndefined({
    kind: 'segment' as const,
    name: entry.key,
    title: findText(body, 'title'),
    description: findText(body, 'description'),
    entity: getLocated(body, 'entity'),
    owner: findText(body, 'owner'),
    tags: textsOf(findNode(body, 'tags')),
    status: (findText(body, 'status') ?? 'production') as SegmentDefinition['status'],
    version,
    changes: dictionaryOf(findNode(body, 'changes')),
    schedule: findText(body, 'schedule') ?? 'daily',
    rule: (where
      ? { form: 'where', where: toValue(where) }
      : { form: 'split', split: toValue(split!) }) as SegmentDefinition['rule'],
    exclude: locateAll(findNode(body, 'exclude')),
    exportColumns: share?.kind === 'mapping' ? locateAll(findNode(share, 'columns')) : [],
    examples: itemsOf(findNode(body, 'examples')).map((node) => defineExample(context, node)),
    path: entry.keySpan.file,
    span: entry.keySpan,
  });
  return { ...segment, ...(expect ? { expect: toValue(expect) } : {}), ...(share ? { export: toValue(share) } : {}) };
}
