import { toValue } from '../schema/to-value.ts';
import type { YamlEntry } from '../source/source-file.ts';
import { defineCondition } from './define-condition.ts';
import { defineExample } from './define-example.ts';
import { checkChanges } from './define-metric.ts';
import { defineSplit } from './define-split.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName } from './definition-context.ts';
import { omitUndefined } from './omit-undefined.ts';
import {
  dictionaryOf,
  findNode,
  findNumber,
  findText,
  getLocated,
  getMapping,
  itemsOf,
  locateAll,
  textsOf,
} from './read-node.ts';
import type { SegmentDefinition } from './segment.ts';

export function defineSegment(context: DefinitionContext, entry: YamlEntry): SegmentDefinition {
  checkName(context, 'segment', entry.key, entry.keySpan);
  const body = getMapping(entry.value);
  const where = findNode(body, 'where');
  const split = findNode(body, 'split');
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
      ? { form: 'where', where: defineCondition(context, where) }
      : { form: 'split', split: defineSplit(context, getMapping(split!)) }) as SegmentDefinition['rule'],
    exclude: locateAll(findNode(body, 'exclude')),
    exportColumns: share?.kind === 'mapping' ? locateAll(findNode(share, 'columns')) : [],
    examples: itemsOf(findNode(body, 'examples')).map((node) => defineExample(context, node)),
    path: entry.keySpan.file,
    span: entry.keySpan,
  });
  return { ...segment, ...(expect ? { expect: toValue(expect) } : {}), ...(share ? { export: toValue(share) } : {}) };
}
