import { type DefinitionEntry, definitionEntries } from './definition-entries.ts';
import { shownSizes } from './segment-sizes.ts';
import { lastComplete } from './series.ts';
import { modelStatus, type SiteContext, sentenceOf } from './site-context.ts';
import { addressOf } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

/** The dictionary for programs: `api/index.json` lists it, a `.json` beside each page holds what the page tells, `llms.txt` says so in words. */
export function apiFiles(site: SiteContext): readonly SiteFile[] {
  const entries = definitionEntries(site);
  const project = { name: site.input.manifest.project.name, language: site.input.language };
  const definitions = entries.map(({ word: _, words: __, path, state, ...entry }) => ({
    ...entry,
    state,
    page: addressOf(site.input, path),
    json: addressOf(site.input, jsonPath(path)),
  }));
  return [
    { path: 'api/index.json', content: toJson({ api: 1, etalon: site.input.etalonVersion, project, definitions }) },
    { path: 'llms.txt', content: llmsText(site, entries) },
    ...entries.map((entry) => ({ path: jsonPath(entry.path), content: toJson(documentOf(site, entry)) })),
  ];
}

function documentOf(site: SiteContext, { kind, name, state, path }: DefinitionEntry): object {
  const page = addressOf(site.input, path);
  if (kind === 'metric') return { definition: site.metrics.get(name), state, page, value: lastValue(site, name) };
  if (kind === 'segment') return { definition: site.segments.get(name), state, page, value: segmentValue(site, name) };
  return { definition: site.models.get(name), state, page, built: modelStatus(site, name) };
}

function jsonPath(page: string): string {
  return page.replace(/\.html$/, '.json');
}

/** The size at the cut, or the parts of a split; nothing of few people. */
function segmentValue(site: SiteContext, name: string) {
  const sizes = shownSizes(site, name);
  return sizes && { asOf: sizes.asOf, sizes: sizes.parts.map(({ part, entities }) => ({ part, entities })) };
}

/** The last whole period, as on the page; exact decimal text. */
function lastValue(site: SiteContext, metric: string) {
  const values = site.values.get(metric);
  const last = lastComplete(values?.series ?? []);
  return last && { grain: last.grain, period: last.point.period, value: last.point.value, asOf: values?.asOf };
}

function llmsText(site: SiteContext, entries: readonly DefinitionEntry[]): string {
  const { project } = site.input.manifest;
  const about = sentenceOf(site, project.description);
  // A line break in a description would begin a line of its own here, which a reader could take for ours.
  const lineOf = (entry: DefinitionEntry): string =>
    `- [${entry.name}](${addressOf(site.input, jsonPath(entry.path))}): ${entry.sentence ?? ''} (${entry.state})`;
  const list = (kind: DefinitionEntry['kind'], title: string): readonly string[] => {
    const lines = entries.filter((entry) => entry.kind === kind).map(lineOf);
    return lines.length === 0 && kind === 'segment' ? [] : [`## ${title}`, '', ...lines, ''];
  };
  return [
    `# ${project.title ?? project.name}`,
    '',
    ...(about === undefined ? [] : [`> ${about}`, '']),
    'Definitions of metrics, segments and models. Each link is JSON with the definition, its state and its last complete value; with .md in the place of .json it is text. api/index.json lists them all.',
    '',
    ...list('metric', 'Metrics'),
    ...list('segment', 'Segments'),
    ...list('model', 'Models'),
  ].join('\n');
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
