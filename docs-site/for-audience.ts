import type { Confusions, Manifest, ManifestMetric, UnitForms } from '../compiler/index.ts';
import { type AudienceNames, findTold, namesFor } from './audience-names.ts';
import {
  examplesFor,
  metricFor,
  modelFor,
  segmentFor,
  type Told,
  testFor,
  wordFor,
} from './definition-for-audience.ts';
import type { SiteContext } from './site-context.ts';
import { nodeId } from './site-graph.ts';
import type { DictionaryInput, SiteBuilds, SiteHistory, SiteModelStatus } from './site-types.ts';
import { trustOfMetric, trustOfModel, trustOfSegment } from './trust.ts';

/**
 * The input as an audience is told of it: definitions that bear its tag and nothing that names another. Everything is taken over by name, so that what is new in a manifest stays out until it is
 * let in here. Whether a number can be trusted is judged before, on all that it is computed from.
 */
export function forAudience(site: SiteContext, audience: string): DictionaryInput {
  const { input } = site;
  const { manifest } = input;
  const names = namesFor(manifest, audience);
  const told = toldOf(site, names);
  const isShown = (kind: 'metric' | 'segment' | 'model', name: string): boolean => names.shown.has(nodeId(kind, name));
  const metrics = manifest.metrics.filter(({ name }) => isShown('metric', name));
  const segments = manifest.segments.filter(({ name }) => isShown('segment', name));
  const models = manifest.models.filter(({ name }) => isShown('model', name));
  const tests = manifest.tests.filter(
    ({ model, segment, reads }) =>
      model !== undefined && segment === undefined && [model, ...reads].every((name) => isShown('model', name)),
  );
  const values = input.values?.filter(({ metric }) => isShown('metric', metric));
  const sizes = input.segments
    ?.filter(({ segment }) => isShown('segment', segment))
    .map(({ attrition, overlaps, ...own }) => ({
      ...own,
      ...(attrition && told.isOpen(nodeId('segment', own.segment)) ? { attrition } : {}),
      overlaps: (overlaps ?? []).filter((pair) => isShown('segment', pair.with.split('.')[0]!)),
    }));
  const isExample = new Set(
    [...metrics, ...segments].flatMap(({ kind, name, examples }) =>
      examplesFor(told, nodeId(kind, name), examples).map(({ title }) => `${nodeId(kind, name)} ${title}`),
    ),
  );
  return {
    manifest: {
      ...shellOf(manifest, metrics),
      metrics: metrics.map((metric) => metricFor(told, metric)),
      segments: segments.map((segment) => segmentFor(told, segment)),
      models: models.map((model) => modelFor(told, model)),
      activities: manifest.activities.filter(({ name }) => names.words.has(name)).map((one) => wordFor(told, one)),
      cohorts: manifest.cohorts
        .filter(({ name }) => names.words.has(name))
        .map(({ kind, name, description, anchor, occurrence }) => ({
          ...{ kind, name, anchor, occurrence, by: [], path: '' },
          ...(description === undefined ? {} : { description }),
        })),
      tests: tests.map((test) => testFor(told, test)),
    },
    ...(input.history ? { history: historyFor(input.history, isShown, new Set(tests.map(({ name }) => name))) } : {}),
    ...(values ? { values } : {}),
    // The engine's words may name what is not shown.
    ...(input.unread
      ? { unread: input.unread.flatMap(({ metric }) => (isShown('metric', metric) ? [{ metric }] : [])) }
      : {}),
    columnsOf: (kind, name) =>
      told.isOpen(nodeId(kind, name))
        ? (input.columnsOf?.(kind, name) ?? []).filter(({ model }) => isShown('model', model))
        : [],
    ...(sizes ? { segments: sizes } : {}),
    ...(input.builds ? { builds: buildsFor(input.builds, isShown) } : {}),
    exampleResults: (input.exampleResults ?? []).filter(({ of = 'metric', metric, title }) =>
      isExample.has(`${nodeId(of, metric)} ${title}`),
    ),
    ...(input.baseUrl === undefined ? {} : { baseUrl: input.baseUrl }),
    confusions: () => confusionsFor(site, told),
    ...overridesFor(input),
    builtAt: input.builtAt,
    language: input.language,
    etalonVersion: input.etalonVersion,
    audience: {
      name: audience,
      states: statesOf(site, names),
      withheld: [...names.shown].filter((id) => !told.isOpen(id)),
    },
  };
}

/** What is reached through definitions that are not shown is told as if it were read directly. */
function toldOf({ graph, input }: SiteContext, { shown, words, hidden }: AudienceNames): Told {
  const known = new Map<string, readonly string[]>();
  const above = (id: string): readonly string[] => {
    const found = known.get(id) ?? [
      ...new Set((graph.inputs.get(id) ?? []).flatMap((from) => (shown.has(from) ? [from] : above(from)))),
    ];
    known.set(id, found);
    return found;
  };
  const rules = new Map(
    [...input.manifest.metrics, ...input.manifest.segments].map((each) => [nodeId(each.kind, each.name), each.exclude]),
  );
  return {
    shown,
    words,
    hidden,
    above,
    isClean: (text) => findTold(text ?? '', hidden).length === 0,
    // All that its rule names is shown as well: then the rule may be.
    isOpen: (id) =>
      shown.has(id) &&
      (rules.get(id) ?? []).length === 0 &&
      (graph.inputs.get(id) ?? []).every((from) => shown.has(from)),
  };
}

/** What is said of the project as a whole. Where it is built is nobody's business. */
function shellOf(
  { manifest, etalon, project }: Manifest,
  shown: readonly ManifestMetric[],
): Pick<Manifest, 'manifest' | 'etalon' | 'project' | 'warnings'> {
  const { name, title, description, calendar, currency, site } = project;
  return {
    manifest,
    etalon,
    project: {
      name,
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      calendar,
      ...(currency === undefined ? {} : { currency }),
      entities: [],
      exclusions: [],
      targets: [],
      target: '',
      schemas: { raw: 'raw', clean: 'clean', marts: 'marts' },
      site: {
        ...site,
        ...(site.units === undefined ? {} : { units: unitsOf(site.units, shown) }),
      },
    },
    warnings: [],
  };
}

function unitsOf(
  units: Readonly<Record<string, UnitForms>>,
  shown: readonly ManifestMetric[],
): Readonly<Record<string, UnitForms>> {
  return Object.fromEntries(Object.entries(units).filter(([name]) => shown.some(({ unit }) => unit === name)));
}

function statesOf(site: SiteContext, { shown }: AudienceNames): Readonly<Record<string, string>> {
  const { metrics, segments, models } = site.input.manifest;
  const all = [
    ...metrics.map((metric) => [nodeId('metric', metric.name), () => trustOfMetric(site, metric)] as const),
    ...segments.map((segment) => [nodeId('segment', segment.name), () => trustOfSegment(site, segment)] as const),
    ...models.map(({ name }) => [nodeId('model', name), () => trustOfModel(site, name)] as const),
  ];
  return Object.fromEntries(all.filter(([id]) => shown.has(id)).map(([id, judge]) => [id, judge().state]));
}

type IsShown = (kind: 'metric' | 'segment' | 'model', name: string) => boolean;

/** Runs, events and drift are of the inside; of a model is told how it stands, without reasons, which name others. */
function historyFor({ models, tests }: SiteHistory, isShown: IsShown, kept: ReadonlySet<string>): SiteHistory {
  const statusFor = ({ model, status, rows, builtAt, freshThrough, completeThrough }: SiteModelStatus) => ({
    model,
    status,
    ...(rows === undefined ? {} : { rows }),
    ...(builtAt === undefined ? {} : { builtAt }),
    ...(freshThrough === undefined ? {} : { freshThrough }),
    ...(completeThrough === undefined ? {} : { completeThrough }),
  });
  const own = Object.entries(models).filter(([name]) => isShown('model', name));
  const results = Object.entries(tests).filter(([name]) => kept.has(name));
  return {
    runs: [],
    models: Object.fromEntries(own.map(([name, status]) => [name, statusFor(status)])),
    tests: Object.fromEntries(results.map(([name, { message: _, ...result }]) => [name, result])),
  };
}

function buildsFor({ builds, changes, values, restated }: SiteBuilds, isShown: IsShown): SiteBuilds {
  return {
    builds,
    // Why something meant another thing earlier is told where it still is: on its page, from the definition.
    changes: changes
      .filter(({ kind, name }) => isShown(kind, name))
      .map(({ reason: _, title: __, ...change }) => change),
    values: values.filter(({ metric }) => isShown('metric', metric)),
    restated: restated.filter(({ metric }) => isShown('metric', metric)),
  };
}

/** What one does otherwise tells of both rules: it is told where both may be. */
function confusionsFor({ confusions }: SiteContext, told: Told): Confusions {
  const openOf = (kind: 'metric' | 'segment', lists: Confusions['metrics']): Confusions['metrics'] =>
    Object.fromEntries(
      Object.entries(lists)
        .filter(([name]) => told.isOpen(nodeId(kind, name)))
        .map(([name, list]) => [
          name,
          list.filter(
            (other) =>
              told.isOpen(nodeId(kind, other.name)) &&
              Object.values(other.words).every((words) => findTold(words, told.hidden).length === 0),
          ),
        ]),
    );
  return { metrics: openOf('metric', confusions.metrics), segments: openOf('segment', confusions.segments) };
}

/** Pages of the project bear no tag: they stay inside. */
function overridesFor({ overrides }: DictionaryInput): Pick<DictionaryInput, 'overrides'> {
  if (overrides === undefined) return {};
  const { pages: _, ...look } = overrides;
  return { overrides: look };
}
