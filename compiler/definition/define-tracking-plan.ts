import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { YamlEntry, YamlMapping } from '../source/source-file.ts';
import type { Allowance, DataTestCommon, ModelTest, TestSeverity } from './data-test.ts';
import { allowanceOf, type TestNamer } from './define-data-test.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkColumns, report } from './definition-context.ts';
import type { ColumnDefinition, TrackedEvent, TrackingPlan } from './model.ts';
import { omitUndefined } from './omit-undefined.ts';
import {
  entriesOf,
  findEntry,
  findNode,
  findNumber,
  findText,
  getMapping,
  getNode,
  getText,
  itemsOf,
  locateAll,
  textOf,
  textsOf,
} from './read-node.ts';

export interface DefinedPlan {
  readonly plan: TrackingPlan;
  /** One for unknown events, one for each event that requires something. */
  readonly tests: readonly ModelTest[];
}

/** `events:` of a raw model, with the data tests that it brings. */
export function defineTrackingPlan(
  context: DefinitionContext,
  names: TestNamer,
  model: string,
  entry: YamlEntry,
  columns: readonly ColumnDefinition[],
): DefinedPlan {
  const body = getMapping(entry.value);
  const events = entriesOf(getNode(body, 'catalog'));
  checkColumns(context, model, new Set(columns.map(({ name }) => name)), locateAll(getNode(body, 'name')));
  checkNames(context, events);
  const plan: TrackingPlan = omitUndefined({
    name: getText(body, 'name'),
    properties: findPropertiesColumn(context, model, body, columns, events),
    version: findVersionColumn(context, model, body, columns, events),
    catalog: events.map(trackedEvent),
  });
  const missing = ruleOf(body, 'missing');
  const unknown: ModelTest = {
    ...common(names.next(`${model}.events.unknown`), ruleOf(body, 'unknown'), entry.keySpan),
    on: 'model',
    model,
    test: { rule: 'known_event' },
  };
  const required = events.flatMap(({ key, keySpan, value }): ModelTest[] => {
    const event = value.kind === 'mapping' ? value : undefined;
    if (itemsOf(event && findNode(event, 'requires')).length === 0) return [];
    const own = { ...missing, ...settingsOf(event) };
    const owner = event && findText(event, 'owner');
    const said = common(names.next(`${model}.events.${key}`), own, keySpan);
    const named = owner === undefined ? said : { ...said, owner };
    return [{ ...named, on: 'model', model, test: { rule: 'event', event: key } }];
  });
  return { plan, tests: [unknown, ...required] };
}

function trackedEvent({ key, value }: YamlEntry): TrackedEvent {
  if (value.kind !== 'mapping') return { event: key, requires: [] };
  return omitUndefined({
    event: key,
    requires: textsOf(findNode(value, 'requires')),
    since: findNumber(value, 'since'),
    renamedFrom: findText(value, 'renamed_from'),
    owner: findText(value, 'owner'),
  });
}

interface Settings {
  readonly severity: TestSeverity;
  readonly max: Allowance;
}

/** What a tracking plan finds is reported and not refused, unless it says otherwise: an app that is out cannot be mended before tomorrow. */
function ruleOf(plan: YamlMapping, key: 'unknown' | 'missing'): Settings {
  const node = findNode(plan, key);
  return { severity: 'warn', max: { rows: 0 }, ...settingsOf(node && getMapping(node)) };
}

function settingsOf(node: YamlMapping | undefined): Partial<Settings> {
  const severity = node && findText(node, 'severity');
  const max = node && findText(node, 'max');
  return {
    ...(severity === undefined ? {} : { severity: severity as TestSeverity }),
    ...(max === undefined ? {} : { max: allowanceOf(max) }),
  };
}

function common(name: string, settings: Settings, span: YamlEntry['keySpan']): DataTestCommon {
  return { kind: 'data-test', name, ...settings, declared: true, span };
}

/** An event has one meaning: no name stands for two. */
function checkNames(context: DefinitionContext, events: readonly YamlEntry[]): void {
  const own = new Set(events.map(({ key }) => key));
  const before = new Map<string, string>();
  for (const { key, value } of events) {
    const node = value.kind === 'mapping' ? findNode(value, 'renamed_from') : undefined;
    if (!node) continue;
    const old = textOf(node);
    const other = own.has(old) ? old : before.get(old);
    before.set(old, key);
    if (other === undefined) continue;
    const message =
      other === old ? `\`${old}\` is an event of the plan by itself` : `\`${old}\` became \`${other}\` already`;
    const hints = [other === old ? `remove the event \`${old}\`, or \`renamed_from\`` : 'an event has one newest name'];
    report(context, 'E1302', node.span, message, hints);
  }
}

function findPropertiesColumn(
  context: DefinitionContext,
  model: string,
  plan: YamlMapping,
  columns: readonly ColumnDefinition[],
  events: readonly YamlEntry[],
): string | undefined {
  const node = findNode(plan, 'properties');
  const json = columns.filter(({ type }) => type?.name === 'json').map(({ name }) => name);
  if (node) {
    const name = textOf(node);
    if (json.includes(name)) return name;
    const column = columns.find((one) => one.name === name);
    const message = column
      ? `\`${name}\` is ${column.type?.name ?? 'no JSON'}, and properties stand in a column of JSON`
      : `\`${model}\` has no column \`${name}\``;
    const hints = json.length > 0 ? suggestNames(name, json) : [`give the column that holds them the type \`json\``];
    report(context, column ? 'E1407' : 'E1305', node.span, message, hints);
    return undefined;
  }
  const own = new Set(columns.map(({ name }) => name));
  for (const { value } of events) {
    for (const property of itemsOf(value.kind === 'mapping' ? findNode(value, 'requires') : undefined)) {
      if (own.has(textOf(property)) || json.length === 1) continue;
      const message = `\`${textOf(property)}\` is no column of \`${model}\`, and ${json.length === 0 ? 'it has no column of JSON' : 'several columns are JSON'}`;
      const hints =
        json.length === 0
          ? suggestNames(textOf(property), own)
          : [`say which one holds properties: \`properties: ${json[0]}\``];
      report(context, json.length === 0 ? 'E1305' : 'E1202', property.span, message, hints);
      return undefined;
    }
  }
  return json.length === 1 ? json[0] : undefined;
}

const usualVersion = 'schema_version';

function findVersionColumn(
  context: DefinitionContext,
  model: string,
  plan: YamlMapping,
  columns: readonly ColumnDefinition[],
  events: readonly YamlEntry[],
): string | undefined {
  const node = findNode(plan, 'version');
  const since = events.flatMap(({ value }) => (value.kind === 'mapping' ? (findEntry(value, 'since') ?? []) : []));
  if (node && since.length === 0) {
    const message = '`version` does not apply: no event of the plan says `since`';
    report(context, 'E1306', node.span, message, ['remove `version`']);
    return undefined;
  }
  const [first] = since;
  if (!first) return undefined;
  const name = node ? textOf(node) : usualVersion;
  const column = columns.find((one) => one.name === name);
  if (column?.type?.name === 'integer') return name;
  // Then `since` is told in the dictionary, and nothing can be held to it.
  if (!column && !node) return undefined;
  const place = node?.span ?? first.keySpan;
  const whole = columns.filter(({ type }) => type?.name === 'integer').map((one) => one.name);
  const told = whole.length > 0 ? suggestNames(name, whole) : ['give the column of versions the type `integer`'];
  const message = column
    ? `\`${name}\` is ${column.type?.name ?? 'untyped'}, and the version of a plan is a whole number`
    : `\`${model}\` has no column \`${name}\``;
  report(context, column ? 'E1407' : 'E1305', place, message, told);
  return undefined;
}
