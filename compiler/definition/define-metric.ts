import type { Located } from '../diagnostic/diagnostic.ts';
import { toValue } from '../schema/to-value.ts';
import type { SqlText, YamlEntry, YamlMapping, YamlNode } from '../source/source-file.ts';
import { isCalendarDay } from './calendar-day.ts';
import { defineExample } from './define-example.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName, checkTimezone, refuseOptions, report } from './definition-context.ts';
import type { CohortForm, Grain, MetricCommon, MetricDefinition, PlainMetric, Resolved, Status } from './metric.ts';
import { cohortForms } from './metric.ts';
import { withOptional } from './omit-undefined.ts';
import {
  dictionaryOf,
  findEntry,
  findFlag,
  findNode,
  findNumber,
  findText,
  getMapping,
  getNode,
  getScalar,
  getText,
  itemsOf,
  locate,
  locateAll,
  spanOfEntry,
  sqlOf,
  textOf,
  textsOf,
} from './read-node.ts';

/** A metric's own mapping (none in the short form `orders: count(*)`) over the file's. */
interface Layers {
  readonly own: YamlMapping | undefined;
  readonly file: YamlMapping;
}

function resolve<T>(layers: Layers, key: string, read: (node: YamlNode) => T): Resolved<T> | undefined {
  const own = layers.own && findNode(layers.own, key);
  if (own) return { value: read(own), from: 'definition', span: own.span };
  const file = findNode(layers.file, key);
  return file && { value: read(file), from: 'file', span: file.span };
}

/** A bare word of the zone database, or a column: `zone`, `stores.zone`. */
const column = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/;

function timezoneOf(context: DefinitionContext, layers: Layers): Resolved<string> | undefined {
  const zone = resolve(layers, 'timezone', textOf);
  if (zone?.span && !column.test(zone.value)) checkTimezone(context, zone.value, zone.span);
  return zone;
}

function commonOf(context: DefinitionContext, layers: Layers, entry: YamlEntry): MetricCommon {
  const { own } = layers;
  const grains = resolve(layers, 'grains', textsOf);
  const replacedBy = own && findNode(own, 'replaced_by');
  const status = ((own && findText(own, 'status')) ?? 'production') as Status;
  if (own && status !== 'deprecated')
    refuseOptions(context, own.entries, ['replaced_by', 'until'], 'the status is not `deprecated`');
  const until = own && findNode(own, 'until');
  if (until && !isCalendarDay(textOf(until)))
    report(context, 'E1205', until.span, `\`until: ${textOf(until)}\` is a day that there is not`, [
      'for example `2026-01-31`',
    ]);
  const version = (own && findNumber(own, 'version')) ?? 1;
  if (own) checkChanges(context, own, version);
  return withOptional(
    {
      kind: 'metric' as const,
      name: entry.key,
      tags: resolve(layers, 'tags', textsOf)?.value ?? [],
      status,
      version,
      changes: dictionaryOf(own && findNode(own, 'changes')),
      examples: itemsOf(own && findNode(own, 'examples')).map((node) => defineExample(context, node)),
      grains: (grains?.value ?? []) as readonly Grain[],
      exclude: resolve(layers, 'exclude', locateAll) ?? { value: [], from: 'language' as const },
      path: layers.file.span.file,
      span: entry.keySpan,
    },
    {
      title: own && findText(own, 'title'),
      description: own && findText(own, 'description'),
      unit: own && findText(own, 'unit'),
      owner: resolve(layers, 'owner', textOf)?.value,
      replacedBy: replacedBy && locate(replacedBy),
      until: until && textOf(until),
      timezone: timezoneOf(context, layers),
      grainsSpan: grains?.from === 'definition' ? grains.span : undefined,
    },
  );
}

/** `changes:` names versions that there have been. */
export function checkChanges(context: DefinitionContext, body: YamlMapping, version: number): void {
  const changes = findNode(body, 'changes');
  if (changes?.kind !== 'mapping') return;
  for (const { key, keySpan } of changes.entries) {
    const number = /^[1-9][0-9]*$/.test(key) ? Number(key) : undefined;
    if (number === undefined)
      report(context, 'E1205', keySpan, `\`changes\`: \`${key}\` is not the number of a version`);
    else if (number > version)
      report(context, 'E1205', keySpan, `\`changes\` tells of version ${key}, and the version is ${version}`, [
        `set \`version: ${key}\``,
      ]);
  }
}

function compareOf(own: YamlMapping): PlainMetric['compare'] {
  const entry = findEntry(own, 'compare');
  if (!entry) return undefined;
  const body = getMapping(entry.value);
  return {
    to: getText(body, 'to'),
    as: (findText(body, 'as') ?? 'percent') as 'percent' | 'difference' | 'ratio' | 'value',
    includePartial: findFlag(body, 'include_partial') ?? false,
    span: spanOfEntry(entry),
  };
}

function fillOf(own: YamlMapping): PlainMetric['fill'] {
  const entry = findEntry(own, 'fill');
  if (!entry) return undefined;
  const { value } = getScalar(entry.value);
  return { value: value === null ? 'null' : value === 0 ? '0' : 'none', span: spanOfEntry(entry) };
}

function plainMetric(common: MetricCommon, layers: Layers, is: SqlText): PlainMetric {
  const { own } = layers;
  const window = own && findNode(own, 'window');
  const toDate = own && findNode(own, 'to_date');
  const requires = own && findNode(own, 'requires');
  return withOptional(
    { ...common, form: 'plain' as const, is, requires: requires ? locateAll(requires) : [] },
    {
      from: resolve(layers, 'from', textOf),
      time: resolve(layers, 'time', textOf),
      where: resolve(layers, 'where', sqlOf),
      by: resolve(layers, 'by', locateAll),
      per: own && resolve({ own, file: own }, 'per', textsOf),
      window: window && locate(window),
      toDate: toDate && (locate(toDate) as Located<Grain>),
      compare: own && compareOf(own),
      fill: own && fillOf(own),
    },
  );
}

export function defineMetric(context: DefinitionContext, file: YamlMapping, entry: YamlEntry): MetricDefinition {
  checkName(context, 'metric', entry.key, entry.keySpan);
  const own = entry.value.kind === 'mapping' ? entry.value : undefined;
  const layers = { own, file };
  const common = commonOf(context, layers, entry);
  if (!own) return plainMetric(common, layers, sqlOf(entry.value));
  const form = cohortForms.find((name): name is CohortForm => findNode(own, name) !== undefined);
  if (form === undefined) return plainMetric(common, layers, sqlOf(getNode(own, 'is')));
  const knobs = getMapping(getNode(own, form));
  return {
    ...common,
    form,
    knobs: toValue(knobs) as Readonly<Record<string, unknown>>,
    places: Object.fromEntries(knobs.entries.map(({ key, keySpan }) => [key, keySpan])),
  };
}
