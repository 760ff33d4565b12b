import type {
  Confusions,
  Manifest,
  ManifestMetric,
  ManifestModel,
  ManifestSegment,
  ManifestTest,
} from '../compiler/index.ts';
import { type Format, makeFormat } from './format-value.ts';
import type { LayoutGraph } from './layout-graph.ts';
import { afterSentence, firstSentence, type Markdown, makeMarkdown } from './markdown.ts';
import { makeRender, type Render, type SafeHtml, safeHtml } from './render-template.ts';
import { makeSayAgain, type SayAgain } from './sayings.ts';
import { makeGraph, nodeId, type SiteGraph, type SiteNode } from './site-graph.ts';
import type {
  DictionaryInput,
  ExampleResult,
  MetricRows,
  MetricValues,
  SegmentValues,
  SiteModelStatus,
  SiteTestResult,
  UnreadMetric,
} from './site-types.ts';
import { makeTranslate, type Translate } from './translate.ts';

/** What every page is made from: the input, indexed once. */
export interface SiteContext {
  readonly input: DictionaryInput;
  readonly t: Translate;
  /** What runs and the compiler wrote down, in the site's language. */
  readonly again: SayAgain;
  readonly format: Format;
  readonly markdown: Markdown;
  readonly render: Render;
  readonly layout: LayoutGraph;
  readonly graph: SiteGraph;
  readonly models: ReadonlyMap<string, ManifestModel>;
  readonly metrics: ReadonlyMap<string, ManifestMetric>;
  readonly segments: ReadonlyMap<string, ManifestSegment>;
  readonly values: ReadonlyMap<string, MetricValues>;
  readonly sizes: ReadonlyMap<string, SegmentValues>;
  /** By `metric:NAME` and `segment:NAME`. */
  readonly examples: ReadonlyMap<string, readonly ExampleResult[]>;
  /** Tests by the model they guard; those that span models, by each model they read. */
  readonly tests: ReadonlyMap<string, readonly ManifestTest[]>;
  /** Metrics by each model that they read. */
  readonly readers: ReadonlyMap<string, readonly ManifestMetric[]>;
  /** What is computed from a column: `marts.orders.amount` → `marts.daily.revenue`. */
  readonly columnUsers: ReadonlyMap<string, readonly string[]>;
  readonly confusions: Confusions;
  readonly metricRows: ReadonlyMap<string, MetricRows>;
}

/** Rules of data tests, as a run says them, in Russian. */
function testWords({ tests }: Manifest): ReadonlyMap<string, string> {
  return new Map(tests.map(({ words }) => [words.en, words.ru]));
}

export function makeContext(input: DictionaryInput, layout: LayoutGraph, frame?: 'layout' | 'single'): SiteContext {
  const { manifest } = input;
  const t = makeTranslate(input.language);
  const markdown = makeMarkdown();
  return {
    input,
    t,
    again: makeSayAgain(input.language, testWords(manifest)),
    format: makeFormat(input.language, manifest.project.calendar.timezone, manifest.project.site.units),
    markdown,
    render: makeRender(t, markdown.words, input.overrides?.templates, frame),
    layout,
    graph: makeGraph(manifest),
    models: new Map(manifest.models.map((model) => [model.name, model])),
    metrics: new Map(manifest.metrics.map((metric) => [metric.name, metric])),
    segments: new Map(manifest.segments.map((segment) => [segment.name, segment])),
    values: new Map((input.values ?? []).map((values) => [values.metric, values])),
    sizes: new Map((input.segments ?? []).map((values) => [values.segment, values])),
    examples: groupBy(input.exampleResults ?? [], (result) => [nodeId(result.of ?? 'metric', result.metric)]),
    // What a segment expects tells of the segment, not of the models that it reads.
    tests: groupBy(manifest.tests, ({ model, segment, reads }) =>
      model !== undefined ? [model] : segment === undefined ? reads : [],
    ),
    readers: groupBy(manifest.metrics, (metric) => metric.reads),
    columnUsers: indexColumnUsers(manifest.models),
    confusions: input.confusions?.() ?? { metrics: {}, segments: {} },
    metricRows: new Map((input.metricRows ?? []).map((rows) => [rows.metric, rows])),
  };
}

export function groupBy<T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}

function indexColumnUsers(models: readonly ManifestModel[]): ReadonlyMap<string, readonly string[]> {
  const uses = models.flatMap((model) =>
    model.columns.flatMap((column) =>
      column.sources.map((source) => ({ by: `${model.name}.${column.name}`, of: `${source.model}.${source.column}` })),
    ),
  );
  const groups = groupBy(uses, (use) => [use.of]);
  return new Map([...groups].map(([of, list]) => [of, [...new Set(list.map((use) => use.by))].sort()]));
}

/** Whether the site is for some people outside, who are not told how things are made. */
export function isForAudience({ input }: SiteContext): boolean {
  return input.audience !== undefined;
}

/** Where an audience is not told by what rule something is counted, a sentence that says so. */
export function withheldRule({ input, t }: SiteContext, kind: SiteNode['kind'], name: string): string | undefined {
  return input.audience?.withheld?.includes(nodeId(kind, name)) ? t('audience.withheld') : undefined;
}

/** A metric whose question the target refused. */
export function unreadOf({ input }: SiteContext, { name }: Pick<ManifestMetric, 'name'>): UnreadMetric | undefined {
  return input.unread?.find(({ metric }) => metric === name);
}

export function modelStatus(site: SiteContext, model: string): SiteModelStatus | undefined {
  const models = site.input.history?.models;
  return models && Object.hasOwn(models, model) ? models[model] : undefined;
}

export function testResult(site: SiteContext, test: string): SiteTestResult | undefined {
  const tests = site.input.history?.tests;
  return tests && Object.hasOwn(tests, test) ? tests[test] : undefined;
}

/** What a definition may be taken for. */
export function confusionsOf({ confusions }: SiteContext, kind: keyof Confusions, name: string) {
  return Object.hasOwn(confusions[kind], name) ? confusions[kind][name]! : [];
}

/** A headword: the title, or the name with its words apart. */
export function labelOf(definition: { readonly name: string; readonly title?: string }): string {
  return definition.title ?? definition.name.slice(definition.name.indexOf('.') + 1).replaceAll('_', ' ');
}

export function sentenceOf(site: SiteContext, description: string | undefined): string | undefined {
  return description === undefined || description.trim() === ''
    ? undefined
    : firstSentence(site.markdown.plain(description));
}

/** HTML of the description beyond its first sentence; nothing where the sentence, shown above it, says all. */
export function detailsOf(site: SiteContext, description: string | undefined): SafeHtml | undefined {
  const sentence = sentenceOf(site, description);
  if (description === undefined || sentence === undefined || site.markdown.plain(description) === sentence)
    return undefined;
  const rest = afterSentence(description, sentence);
  return rest === undefined ? undefined : safeHtml(site.markdown.html(rest));
}

export function wordsHtml(site: SiteContext, text: string): SafeHtml {
  return safeHtml(site.markdown.words(text));
}
