import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findConfusions, type ManifestTarget } from '../../compiler/index.ts';
import {
  buildSite,
  type DictionaryInput,
  findWritten,
  type ExampleResult as SiteExampleResult,
  sealOf,
  type UnreadMetric,
  writeSite,
} from '../../docs-site/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import type { ExampleResult, ExamplesRun } from '../../runtime/run/run-examples.ts';
import { withFrozenRulers } from '../../runtime/segments/with-frozen-rulers.ts';
import { readBuilds } from '../../runtime/state/builds.ts';
import { readEventTotals, readRunSteps } from '../../runtime/state/read-run-steps.ts';
import type { Context, Flags } from '../context.ts';
import type { Project } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { readTargetHistory, targetExists } from '../project/read-target-history.ts';
import { renderDefinitionSql, renderSegmentSql } from '../project/render-definition-sql.ts';
import { openResultCache } from '../project/result-cache.ts';
import { readProjectExamples } from '../run/run-project-examples.ts';
import { chooseAudience } from './choose-audience.ts';
import { chooseBaseUrl } from './choose-base-url.ts';
import { chooseFolder } from './choose-folder.ts';
import { collectUnread } from './collect-unread.ts';
import { columnReader } from './column-reader.ts';
import { definitionText } from './definition-text.ts';
import { keyOfDictionary } from './key-of-dictionary.ts';
import { drawWith, requireOverrides } from './override-failure.ts';
import { readMetricRows } from './read-metric-rows.ts';
import { readMetricValues } from './read-metric-values.ts';
import { readSegmentValues } from './read-segment-values.ts';
import { recordFound } from './record-found.ts';

/** Runs that have a page with their steps. */
const detailedRuns = 10;

export interface DictionaryParts {
  readonly engine?: Engine;
  readonly examples?: ExamplesRun;
  /** Store what is found, to be compared with other builds: the engine must be one that writes. `run`: the run before it. */
  readonly store?: { readonly run?: string };
}

export interface Dictionary {
  /** Absolute. */
  readonly folder: string;
  /** Of its first page. */
  readonly url: string;
  readonly pages: number;
  readonly written: number;
}

/**
 * Gathers what the target tells, draws every page and writes those that changed; where all of it is as it was, draws nothing. Without an engine the pages say that nothing is
 * built yet.
 */
export async function buildDictionary(
  context: Context,
  project: Project,
  flags: Flags,
  parts: DictionaryParts,
): Promise<Dictionary> {
  const target = getTarget(project, flags);
  const input = await gatherInput(context, project, flags, parts);
  const folder = chooseFolder(context, project, flags);
  const { paths, written } = await drawWith(context, project.folder, () => drawSite(input, project, target, folder));
  const pages = paths.filter((path) => path.endsWith('.html')).length;
  return { folder, url: pathToFileURL(resolve(folder, 'index.html')).href, pages, written };
}

/** The site of the last build is known by its seal, which is kept under the name of all that it was made from. */
async function drawSite(input: DictionaryInput, project: Project, target: ManifestTarget, folder: string) {
  const cache = openResultCache<string>(project.folder, 'dictionary');
  const key = `${keyOfDictionary(input, target)} ${folder}`;
  const known = cache.find(key);
  const standing = known === undefined ? undefined : findWritten(folder, known);
  if (standing) return { paths: standing, written: 0 };
  const files = await buildSite(input);
  const { written } = await writeSite(files, folder);
  const seal = sealOf(folder);
  if (seal !== undefined) cache.keep(key, seal);
  cache.save();
  return { paths: files.map(({ path }) => path), written };
}

/** All that pages are made from: the definitions, and what the target tells of them. */
export async function gatherInput(
  context: Context,
  project: Project,
  flags: Flags,
  { engine, examples, store }: DictionaryParts,
): Promise<DictionaryInput> {
  const { manifest } = project;
  const target = getTarget(project, flags);
  const baseUrl = chooseBaseUrl(project, flags);
  const audience = chooseAudience(manifest, flags);
  const overrides = requireOverrides(context, project.folder);
  const history = engine ? await readTargetHistory(project, target, engine) : undefined;
  const details =
    engine && history && history.runs.length > 0
      ? { steps: await readRunSteps(engine, detailedRuns), events: await readEventTotals(engine) }
      : {};
  const unread = collectUnread();
  const values = engine && history ? await readMetricValues({ project, target, engine, history }, unread) : undefined;
  const segments = engine && history ? await readSegmentValues({ project, target, engine, history }) : undefined;
  if (store && engine && values) await recordFound(engine, manifest, values, { ...store, at: context.clock() });
  const measured = engine ? await withFrozenRulers({ manifest, engine, target: target.name }) : manifest;
  const builds = engine && history && history.runs.length > 0 ? await readBuilds(engine) : undefined;
  const metricRows = engine && history ? await readMetricRows({ project, target, engine, history }, unread) : undefined;
  const refused = manifest.metrics.flatMap(({ name }) => unread.found.get(name) ?? []);
  warnOfUnread(context, refused);
  return {
    manifest,
    builtAt: context.clock(),
    language: manifest.project.site.language,
    etalonVersion: context.version,
    overrides,
    sql: (kind, name, dialect) => {
      const as = { engine: dialect, name: target.name };
      return kind === 'segment' ? renderSegmentSql(measured, name, as) : renderDefinitionSql(manifest, name, as);
    },
    confusions: () => findConfusions(manifest),
    columnsOf: columnReader(manifest),
    authored: authoredOf(project),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(audience === undefined ? {} : { audience: { name: audience } }),
    ...(history ? { history: { ...history, ...details } } : {}),
    ...(values ? { values } : {}),
    ...(segments ? { segments } : {}),
    ...(builds && builds.builds.length > 0 ? { builds } : {}),
    ...(metricRows ? { metricRows } : {}),
    ...(refused.length > 0 ? { unread: refused } : {}),
    ...(examples ? { exampleResults: examples.results.map(toSiteResult) } : {}),
  };
}

function warnOfUnread({ output }: Context, refused: readonly UnreadMetric[]): void {
  const word = output.errColours.yellow('warning'.padEnd(8));
  for (const { metric, why } of refused)
    output.err(`${word} ${metric}  its values could not be read, which its page says: ${why}\n`);
}

/** As `buildDictionary`, with a connection of its own where there is something to read. */
export async function buildDictionaryFromTarget(context: Context, project: Project, flags: Flags): Promise<Dictionary> {
  chooseFolder(context, project, flags);
  return withParts(context, project, flags, (parts) => buildDictionary(context, project, flags, parts));
}

/** Works with what a dictionary is made from beside the definitions: an engine that reads, where the target is there, and the results of the examples. */
export async function withParts<T>(
  context: Context,
  project: Project,
  flags: Flags,
  work: (parts: DictionaryParts) => Promise<T>,
): Promise<T> {
  // What is wrong with a flag is said before anything is read.
  chooseBaseUrl(project, flags);
  chooseAudience(project.manifest, flags);
  const examples = await readProjectExamples(context, project);
  if (!targetExists(project, getTarget(project, flags))) return work({ examples });
  return withTarget(context, project, flags, (engine) => work({ engine, examples }), { readOnly: true });
}

/** The rules of segments in the words of their authors, to stand beside ours. */
function authoredOf({ manifest, files }: Project): Readonly<Record<string, string>> {
  const entries = manifest.segments.flatMap((segment) => {
    const text = definitionText(files, segment);
    return text === undefined ? [] : [[`segment:${segment.name}`, text] as const];
  });
  return Object.fromEntries(entries);
}

function toSiteResult({ of, metric, title, status, actual, differences }: ExampleResult): SiteExampleResult {
  return { of, metric, title, status, actual, ...(differences.length > 0 ? { message: differences.join('\n') } : {}) };
}
