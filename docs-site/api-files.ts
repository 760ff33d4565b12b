import { lastComplete } from './series.ts';
import { labelOf, modelStatus, type SiteContext, sentenceOf } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import type { SiteFile } from './site-types.ts';
import { trustOfMetric, trustOfModel } from './trust.ts';

/** The dictionary for programs: `api/index.json` lists it, a `.json` beside each page holds what the page tells, `llms.txt` says so in words. */
export function apiFiles(site: SiteContext): readonly SiteFile[] {
  const { metrics, models } = site.input.manifest;
  const entries = [
    ...metrics.map((metric) => entryOf(site, 'metric', metric, trustOfMetric(site, metric).state)),
    ...models.map((model) => entryOf(site, 'model', model, trustOfModel(site, model.name).state)),
  ];
  const project = { name: site.input.manifest.project.name, language: site.input.language };
  return [
    {
      path: 'api/index.json',
      content: toJson({ api: 1, etalon: site.input.etalonVersion, project, definitions: entries }),
    },
    { path: 'llms.txt', content: llmsText(site, entries) },
    ...metrics.map((metric) => ({
      path: jsonPath('metric', metric.name),
      content: toJson({
        definition: metric,
        state: trustOfMetric(site, metric).state,
        value: lastValue(site, metric.name),
      }),
    })),
    ...models.map((model) => ({
      path: jsonPath('model', model.name),
      content: toJson({
        definition: model,
        state: trustOfModel(site, model.name).state,
        built: modelStatus(site, model.name),
      }),
    })),
  ];
}

interface Entry {
  readonly kind: 'metric' | 'model';
  readonly name: string;
  readonly label: string;
  readonly sentence?: string;
  readonly owner?: string;
  readonly state: string;
  readonly page: string;
  readonly json: string;
}

function entryOf(
  site: SiteContext,
  kind: Entry['kind'],
  definition: {
    readonly name: string;
    readonly title?: string;
    readonly description?: string;
    readonly owner?: string;
  },
  state: string,
): Entry {
  const sentence = sentenceOf(site, definition.description);
  return {
    kind,
    name: definition.name,
    label: labelOf(definition),
    ...(sentence === undefined ? {} : { sentence }),
    ...(definition.owner === undefined ? {} : { owner: definition.owner }),
    state,
    page: definitionPath(kind, definition.name),
    json: jsonPath(kind, definition.name),
  };
}

function jsonPath(kind: Entry['kind'], name: string): string {
  return definitionPath(kind, name).replace(/\.html$/, '.json');
}

/** The last whole period, as on the page; exact decimal text. */
function lastValue(site: SiteContext, metric: string) {
  const values = site.values.get(metric);
  const last = lastComplete(values?.series ?? []);
  return last && { grain: last.grain, period: last.point.period, value: last.point.value, asOf: values?.asOf };
}

function llmsText(site: SiteContext, entries: readonly Entry[]): string {
  const { project } = site.input.manifest;
  const about = sentenceOf(site, project.description);
  // A line break in a description would begin a line of its own here, which a reader could take for ours.
  const lineOf = (entry: Entry): string => `- [${entry.name}](${entry.json}): ${entry.sentence ?? ''} (${entry.state})`;
  const list = (kind: Entry['kind']): readonly string[] => entries.filter((entry) => entry.kind === kind).map(lineOf);
  return [
    `# ${project.title ?? project.name}`,
    '',
    ...(about === undefined ? [] : [`> ${about}`, '']),
    'Definitions of metrics and models. Each link is JSON with the definition, its state and its last complete value; api/index.json lists them all.',
    '',
    '## Metrics',
    '',
    ...list('metric'),
    '',
    '## Models',
    '',
    ...list('model'),
    '',
  ].join('\n');
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
