import { suggestNames } from '../diagnostic/nearest-name.ts';
import { months } from '../schema/months.ts';
import { toValue } from '../schema/to-value.ts';
import type { Document, YamlEntry, YamlMapping, YamlNode } from '../source/source-file.ts';
import { baseUrlHints, parseBaseUrl } from './base-url.ts';
import { defineUnits } from './define-unit.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName, checkTimezone, report } from './definition-context.ts';
import { omitUndefined } from './omit-undefined.ts';
import type {
  Calendar,
  EntityDefinition,
  ExclusionDefinition,
  NotifyDefinition,
  NotifyOn,
  ProjectDefinition,
  SiteDefinition,
  TargetDefinition,
  VariableValue,
  Weekday,
} from './project.ts';
import {
  entriesOf,
  findEntry,
  findNode,
  findNumber,
  findText,
  getLocated,
  getMapping,
  getNode,
  getScalar,
  getSql,
  getText,
  locate,
  spanOfEntry,
  textsOf,
} from './read-node.ts';

/** `calendar:` of the project or of an example; what it leaves out has the language's default. */
export function defineCalendar(context: DefinitionContext, node: YamlNode | undefined): Calendar {
  const mapping = node?.kind === 'mapping' ? node : undefined;
  const zone = mapping && findNode(mapping, 'timezone');
  const timezone = zone ? getScalar(zone).raw : 'UTC';
  if (zone) checkTimezone(context, timezone, zone.span);
  const weekStart = ((mapping && findText(mapping, 'week_start')) ?? 'monday') as Weekday;
  const fiscalYearStart = months.indexOf((mapping && findText(mapping, 'fiscal_year_start')) ?? 'january') + 1;
  return { timezone, weekStart, fiscalYearStart };
}

function defineEntity(context: DefinitionContext, entry: YamlEntry): EntityDefinition {
  checkName(context, 'entity', entry.key, entry.keySpan);
  const body = getMapping(entry.value);
  const attributes = findNode(body, 'attributes');
  return omitUndefined({
    name: entry.key,
    key: getText(body, 'key'),
    attributes: attributes && locate(attributes),
    span: spanOfEntry(entry),
  });
}

function defineExclusion(context: DefinitionContext, entry: YamlEntry): ExclusionDefinition {
  checkName(context, 'exclusion', entry.key, entry.keySpan);
  const body = getMapping(entry.value);
  return {
    name: entry.key,
    entity: getLocated(body, 'entity'),
    in: getLocated(body, 'in'),
    where: getSql(body, 'where'),
    span: entry.keySpan,
  };
}

function defineTarget(context: DefinitionContext, entry: YamlEntry): TargetDefinition {
  checkName(context, 'target', entry.key, entry.keySpan);
  const body = getMapping(entry.value);
  const common = {
    name: entry.key,
    threads: findNumber(body, 'threads'),
    statementTimeout: findText(body, 'statement_timeout'),
    span: spanOfEntry(entry),
  };
  if (getText(body, 'engine') === 'duckdb') {
    return omitUndefined({
      engine: 'duckdb' as const,
      path: getText(body, 'path'),
      memoryLimit: findText(body, 'memory_limit'),
      spillLimit: findText(body, 'spill_limit'),
      ...common,
    });
  }
  return omitUndefined({ engine: 'postgres' as const, urlEnv: getText(body, 'url_env'), ...common });
}

function chooseTarget(context: DefinitionContext, root: YamlMapping, targets: readonly TargetDefinition[]): string {
  const names = targets.map(({ name }) => name);
  const node = findNode(root, 'target');
  const target = node ? getScalar(node).raw : undefined;
  if (node && target !== undefined && !names.includes(target)) {
    report(context, 'E1501', node.span, `no target \`${target}\``, suggestNames(target, names));
  }
  if (target === undefined && names.length > 1) {
    report(
      context,
      'E1202',
      findEntry(root, 'targets')!.keySpan,
      'several targets, and `target` does not say which is the default',
      [`add \`target: ${names[0]}\``],
    );
  }
  return target ?? names[0]!;
}

function defineNotify(body: YamlMapping): NotifyDefinition {
  const on = textsOf(findNode(body, 'on')) as readonly NotifyOn[];
  return {
    slack: { urlEnv: getText(getMapping(getNode(body, 'slack')), 'url_env') },
    on: on.length > 0 ? on : ['error', 'stale'],
  };
}

function defineSite(context: DefinitionContext, node: YamlNode | undefined): SiteDefinition {
  if (node?.kind !== 'mapping') return { language: 'en' };
  const address = findNode(node, 'base_url');
  const written = address && getScalar(address).raw;
  const baseUrl = written === undefined ? undefined : parseBaseUrl(written);
  if (address && baseUrl === undefined)
    report(context, 'E1205', address.span, `\`base_url\` is \`${written}\`, not the address of a site`, baseUrlHints);
  const language = (findText(node, 'language') ?? 'en') as 'en' | 'ru';
  const entry = findEntry(node, 'units');
  const units = entry && defineUnits(context, entry, language);
  return omitUndefined({
    language,
    title: findText(node, 'title'),
    minGroupSize: findNumber(node, 'min_group_size'),
    units: units && Object.keys(units).length > 0 ? units : undefined,
    baseUrl,
  });
}

export function defineProject(context: DefinitionContext, document: Document): ProjectDefinition {
  const { root, path } = document;
  checkName(context, 'project', getText(root, 'project'), findNode(root, 'project')!.span);
  const vars = Object.fromEntries(
    entriesOf(findNode(root, 'vars')).map(({ key, value }) => [key, toValue(value) as VariableValue]),
  );
  const targets = entriesOf(findNode(root, 'targets')).map((entry) => defineTarget(context, entry));
  const schemas = findNode(root, 'schemas');
  const schemaOf = (layer: string): string =>
    (schemas?.kind === 'mapping' ? findText(schemas, layer) : undefined) ?? layer;
  const notify = findNode(root, 'notify');
  const project = omitUndefined({
    kind: 'project' as const,
    name: getText(root, 'project'),
    title: findText(root, 'title'),
    description: findText(root, 'description'),
    language: 1 as const,
    calendar: defineCalendar(context, findNode(root, 'calendar')),
    currency: findText(root, 'currency'),
    entities: entriesOf(findNode(root, 'entities')).map((entry) => defineEntity(context, entry)),
    vars,
    exclusions: entriesOf(findNode(root, 'exclude')).map((entry) => defineExclusion(context, entry)),
    targets,
    target: chooseTarget(context, root, targets),
    schemas: { raw: schemaOf('raw'), clean: schemaOf('clean'), marts: schemaOf('marts') },
    site: defineSite(context, findNode(root, 'site')),
    hashKeyEnv: findText(root, 'hash_key_env'),
    path,
  });
  return notify ? { ...project, notify: defineNotify(getMapping(notify)) } : project;
}
