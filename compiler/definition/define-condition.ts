import { parseCsv } from '../source/parse-csv.ts';
import type { YamlEntry, YamlMapping, YamlNode } from '../source/source-file.ts';
import type { Comparison, ConditionDefinition, Threshold, TimingDefinition } from './condition.ts';
import { measures } from './condition.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkInside, report } from './definition-context.ts';
import { listFolders } from './list-folders.ts';
import { omitUndefined } from './omit-undefined.ts';
import {
  findEntry,
  findLocated,
  findNode,
  findSql,
  getLocated,
  getMapping,
  getNode,
  getSql,
  itemsOf,
  locate,
  locateAll,
} from './read-node.ts';

/** A condition whose shape the schema has found right. What its names lead to is found later. */
export function defineCondition(context: DefinitionContext, node: YamlNode): ConditionDefinition {
  const body = getMapping(node);
  const { span } = node;
  const nested = (inner: YamlNode) => defineCondition(context, inner);
  const group = findEntry(body, 'all') ?? findEntry(body, 'any');
  if (group) return { form: group.key as 'all' | 'any', of: itemsOf(group.value).map(nested), span };
  const not = findNode(body, 'not');
  if (not) return { form: 'not', of: nested(not), span };
  const did = findEntry(body, 'did') ?? findEntry(body, 'did_not');
  if (did) return defineDid(context, body, did);
  const edge = findEntry(body, 'first') ?? findEntry(body, 'last');
  if (edge) return defineEdge(context, body, edge);
  const steps = findNode(body, 'sequence');
  if (steps)
    return omitUndefined({
      form: 'sequence' as const,
      steps: locateAll(steps),
      within: findLocated(body, 'within'),
      span,
    }) as ConditionDefinition;
  if (findNode(body, 'property')) return { form: 'property', is: getSql(body, 'property'), span };
  if (findNode(body, 'metric'))
    return omitUndefined({
      form: 'metric' as const,
      metric: getLocated(body, 'metric'),
      is: thresholdOf(getNode(body, 'is')),
      within: findLocated(body, 'within'),
      span,
    }) as ConditionDefinition;
  if (findNode(body, 'segment')) return { form: 'segment', segment: getLocated(body, 'segment'), span };
  return defineList(context, body);
}

function defineDid(context: DefinitionContext, body: YamlMapping, did: YamlEntry): ConditionDefinition {
  return omitUndefined({
    form: 'did' as const,
    negated: did.key === 'did_not',
    activity: locate(did.value),
    tests: measures.flatMap((measure) => {
      const node = findNode(body, measure);
      return node ? [{ measure, threshold: thresholdOf(node) }] : [];
    }),
    timing: defineTiming(context, body),
    where: findSql(body, 'where'),
    span: body.span,
  }) as ConditionDefinition;
}

function defineEdge(context: DefinitionContext, body: YamlMapping, edge: YamlEntry): ConditionDefinition {
  const before = findLocated(body, 'before');
  const timing = before ? { form: 'before' as const, length: before } : defineTiming(context, body);
  if (!timing)
    report(context, 'E1202', edge.keySpan, `\`${edge.key}\` does not say when`, [
      'add `within: 30 days`, `before: 60 days` or `between: [2025-05-01, 2025-06-01]`',
      `or say \`did: ${locate(edge.value).value}\`, where only the deed counts`,
    ]);
  return omitUndefined({
    form: 'edge' as const,
    which: edge.key as 'first' | 'last',
    activity: locate(edge.value),
    timing,
    where: findSql(body, 'where'),
    span: body.span,
  }) as ConditionDefinition;
}

function defineTiming(context: DefinitionContext, body: YamlMapping): TimingDefinition | undefined {
  const within = findLocated(body, 'within');
  if (within) return { form: 'within', length: within };
  const between = findNode(body, 'between');
  if (between) return defineBetween(context, between);
  const since = findEntry(body, 'since');
  if (!since) return undefined;
  const start = getMapping(since.value);
  const anchor = findEntry(start, 'first') ?? findEntry(start, 'last');
  if (!anchor) {
    report(context, 'E1202', since.keySpan, '`since` does not say what it is counted from', [
      'add `first: signup` or `last: purchase`, an activity',
      'for a time before the cut, say `within` beside the activity and not in `since`',
    ]);
    return undefined;
  }
  return omitUndefined({
    form: 'since' as const,
    which: anchor.key as 'first' | 'last',
    activity: locate(anchor.value),
    within: findLocated(start, 'within'),
    span: start.span,
  });
}

function defineBetween(context: DefinitionContext, node: YamlNode): TimingDefinition {
  const [from, to] = locateAll(node) as [ReturnType<typeof locate>, ReturnType<typeof locate>];
  if (from.value.length === to.value.length && from.value >= to.value)
    report(context, 'E1205', to.span, `nothing lies between \`${from.value}\` and \`${to.value}\``, [
      'the first is included, the second is left out',
    ]);
  return { form: 'between', from, to };
}

function thresholdOf(node: YamlNode): Threshold {
  const { value, span } = locate(node);
  const [, operator, number] = /^(=|<>|!=|<=|>=|<|>) *(-?[0-9.]+)$/.exec(value)!;
  return { operator: operator === '!=' ? '<>' : (operator as Comparison), number: number!, span };
}

/** Its file is read with the project, so that the ids are part of the definition. */
function defineList(context: DefinitionContext, body: YamlMapping): ConditionDefinition {
  const path = getLocated(body, 'list');
  const list = { form: 'list', path, key: '', ids: [], span: body.span } as const;
  checkInside(context, path.value, path.span);
  const file = context.controlFiles.get(path.value);
  if (!file) {
    const near = [...context.controlFiles.keys()].filter((one) => listFolders.some((folder) => one.startsWith(folder)));
    report(context, 'E1002', path.span, `there is no list \`${path.value}\``, [
      near.length > 0
        ? `available: ${near.map((one) => `\`${one}\``).join(', ')}`
        : 'lists are CSV files in lists/ or below segments/, their path is written from the project’s folder',
    ]);
    return list;
  }
  context.takenControls.add(path.value);
  const { table, diagnostics } = parseCsv(file);
  context.diagnostics.push(...diagnostics);
  if (!table) return list;
  const ids = table.rows.flatMap(([id]) => (id === null || id === undefined ? [] : [id]));
  return { ...list, key: table.header[0]!, ids: [...new Set(ids)] };
}
