import type { YamlEntry, YamlMapping } from '../source/source-file.ts';
import { defineCondition } from './define-condition.ts';
import { defineExample } from './define-example.ts';
import { checkChanges } from './define-metric.ts';
import { defineSplit } from './define-split.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName, report } from './definition-context.ts';
import { omitUndefined } from './omit-undefined.ts';
import {
  dictionaryOf,
  findLocated,
  findNode,
  findNumber,
  findText,
  getLocated,
  getMapping,
  itemsOf,
  locateAll,
  textsOf,
} from './read-node.ts';
import { parseSchedule } from './schedule.ts';
import type { ExportDefinition, SegmentDefinition, SegmentExpectation } from './segment.ts';

export function defineSegment(context: DefinitionContext, entry: YamlEntry): SegmentDefinition {
  checkName(context, 'segment', entry.key, entry.keySpan);
  const body = getMapping(entry.value);
  const where = findNode(body, 'where');
  const split = findNode(body, 'split');
  const version = findNumber(body, 'version') ?? 1;
  checkChanges(context, body, version);
  checkSchedule(context, body);
  const expect = findNode(body, 'expect');
  const share = findNode(body, 'export');
  return omitUndefined({
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
    expect: expect && defineExpectation(context, getMapping(expect)),
    export: share && defineExport(getMapping(share)),
    examples: itemsOf(findNode(body, 'examples')).map((node) => defineExample(context, node)),
    path: entry.keySpan.file,
    span: entry.keySpan,
  });
}

function defineExpectation(context: DefinitionContext, body: YamlMapping): SegmentExpectation {
  const bounds = findNode(body, 'size');
  const disjointWith = locateAll(findNode(body, 'disjoint_with'));
  if (!bounds) return { disjointWith };
  const { span } = bounds;
  const [min, max] = ['min', 'max'].map((name) => findNumber(getMapping(bounds), name));
  if (min !== undefined && max !== undefined && min > max)
    report(context, 'E1205', span, `no size is at least ${min} and at most ${max}`, ['`min` is the smaller one']);
  return { size: omitUndefined({ min, max, span }), disjointWith };
}

function defineExport(body: YamlMapping): ExportDefinition {
  return omitUndefined({
    columns: locateAll(findNode(body, 'columns')),
    limit: findNumber(body, 'limit'),
    roles: textsOf(findNode(body, 'roles')),
  });
}

function checkSchedule(context: DefinitionContext, body: YamlMapping): void {
  const schedule = findLocated(body, 'schedule');
  if (!schedule) return;
  // On which day a week begins makes no schedule malformed.
  const parsed = parseSchedule(schedule.value, 'monday');
  if (typeof parsed === 'string')
    report(context, 'E1205', schedule.span, `schedule \`${schedule.value}\`: ${parsed}`, [
      'for example `daily`, `hourly`, `weekly`, `on_demand`, or `30 6 * * mon-fri`',
    ]);
}
