import { posix } from 'node:path';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import { diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import { fileSpan } from '../source/line-index.ts';
import type { Document, DocumentType, SourceFile } from '../source/source-file.ts';
import { defineMetricsFile } from './define-metrics-file.ts';
import { defineModel } from './define-model.ts';
import { defineProject } from './define-project.ts';
import { defineProjectTests, defineSqlTest } from './define-project-tests.ts';
import { defineSegment } from './define-segment.ts';
import { isBending } from './define-unit.ts';
import type { DefinitionContext } from './definition-context.ts';
import { report } from './definition-context.ts';
import type { Definitions } from './definitions.ts';
import { listFolders } from './list-folders.ts';
import { entriesOf, findNode } from './read-node.ts';

export interface Defined {
  /** Absent where there were errors. */
  readonly definitions?: Definitions;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Documents whose shape is right, and the project's `.sql` and `.csv` files, as definitions: defaults filled in, names checked, nothing left that is defined and not used. What
 * the names refer to is resolved later, in the graph.
 */
export function define(documents: readonly Document[], files: readonly SourceFile[]): Defined {
  const ending = (wanted: string) =>
    new Map(files.filter(({ path }) => path.endsWith(wanted)).map((file) => [file.path, file]));
  const context: DefinitionContext = {
    diagnostics: [],
    sqlFiles: ending('.sql'),
    takenSql: new Set(),
    controlFiles: ending('.csv'),
    takenControls: new Set(),
  };
  const ofType = (...types: readonly DocumentType[]): readonly Document[] =>
    documents.filter(({ type }) => types.includes(type));
  const [project] = ofType('project').map((document) => defineProject(context, document));
  const models = ofType('raw-model', 'clean-model', 'marts-model').map((document) => defineModel(context, document));
  const metricsFiles = ofType('metrics').map((document) => defineMetricsFile(context, document));
  const segments = ofType('segments').flatMap(({ root }) =>
    entriesOf(findNode(root, 'segments')).map((entry) => defineSegment(context, entry)),
  );
  const yamlTests = ofType('data-tests').flatMap((document) => defineProjectTests(context, document));
  const sqlTests = restOfSql(context, 'tests/data/').map((file) => defineSqlTest(context, file));
  for (const file of restOfSql(context, 'models/')) reportOrphan(context, file, documents);
  if (!project) {
    if (!hasErrors(context.diagnostics))
      context.diagnostics.push(diagnostic('E1001', 'no project file', { span: fileSpan('project.yml') }));
    return { diagnostics: context.diagnostics };
  }
  const definitions: Definitions = {
    project,
    models: sortUnique(context, 'model', models),
    metrics: sortUnique(
      context,
      'metric',
      metricsFiles.flatMap(({ metrics }) => metrics),
    ),
    activities: sortUnique(
      context,
      'activity',
      metricsFiles.flatMap(({ activities }) => activities),
    ),
    cohorts: sortUnique(
      context,
      'cohort',
      metricsFiles.flatMap(({ cohorts }) => cohorts),
    ),
    segments: sortUnique(context, 'segment', segments),
    tests: sortUnique(context, 'test', [...yamlTests, ...sqlTests]),
  };
  reportUnused(context, definitions);
  reportUnusedControls(context);
  reportUnusedUnits(context, ofType('project')[0], definitions);
  // What nothing uses may be so because its user misspelt it, which is found further on.
  return hasErrors(context.diagnostics.filter(({ code }) => code !== 'E1307'))
    ? { diagnostics: context.diagnostics }
    : { definitions, diagnostics: context.diagnostics };
}

function restOfSql(context: DefinitionContext, folder: string): SourceFile[] {
  return [...context.sqlFiles.values()].filter(({ path }) => path.startsWith(folder) && !context.takenSql.has(path));
}

function reportOrphan(context: DefinitionContext, file: SourceFile, documents: readonly Document[]): void {
  const wanted = file.path.replace(/\.sql$/, '.yml');
  const folder = posix.dirname(file.path);
  const near = documents.map(({ path }) => path).filter((path) => posix.dirname(path) === folder);
  const hints = suggestNames(
    posix.basename(wanted),
    near.map((path) => posix.basename(path)),
    0,
  ).filter((hint) => hint.startsWith('did'));
  report(context, 'E1303', fileSpan(file.path), `\`${file.path}\` belongs to no model`, [
    `add \`${wanted}\` with the description, key and columns`,
    ...hints,
  ]);
}

interface Named {
  readonly name: string;
  readonly span: Span;
}

/** By name, in one order on every machine; a name that stands twice is reported at the later place. */
function sortUnique<T extends Named>(context: DefinitionContext, what: string, all: readonly T[]): readonly T[] {
  const first = new Map<string, T>();
  for (const one of all) {
    const before = first.get(one.name);
    if (!before) {
      first.set(one.name, one);
      continue;
    }
    const { file, start } = before.span;
    report(
      context,
      'E1302',
      one.span,
      `two ${what === 'activity' ? 'activitie' : what}s have the name \`${one.name}\``,
      [
        `the other one is at ${file}:${start.line}:${start.column}`,
        'names are unique in the whole project, whatever folder or file they stand in',
      ],
    );
  }
  return [...first.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function reportUnused(context: DefinitionContext, definitions: Definitions): void {
  const used = new Set<string>();
  for (const model of definitions.models)
    if (model.form === 'declarative') for (const { value } of model.exclude) used.add(value);
  for (const { exclude } of definitions.metrics) for (const { value } of exclude.value) used.add(value);
  for (const { exclude } of definitions.segments) for (const { value } of exclude) used.add(value);
  for (const { name, span } of definitions.project.exclusions) {
    if (used.has(name)) continue;
    const hints = [`name it under \`exclude:\` of a model, metric or segment`, 'or remove it'];
    report(context, 'E1307', span, `nothing uses the exclusion \`${name}\``, hints);
  }
}

function reportUnusedUnits(context: DefinitionContext, document: Document | undefined, { metrics }: Definitions): void {
  const site = document && findNode(document.root, 'site');
  const declared = site?.kind === 'mapping' ? entriesOf(findNode(site, 'units')) : [];
  if (declared.length === 0) return;
  const used = new Set(metrics.flatMap(({ unit }) => unit ?? []));
  for (const { key, keySpan } of declared) {
    if (used.has(key)) continue;
    const others = [...used].filter((unit) => declared.every((one) => one.key !== unit) && isBending(unit)).sort();
    const hints = [...suggestNames(key, others), 'or remove it'];
    report(context, 'E1307', keySpan, `no metric has the unit \`${key}\``, hints);
  }
}

function reportUnusedControls(context: DefinitionContext): void {
  for (const path of context.controlFiles.keys()) {
    if (context.takenControls.has(path)) continue;
    const mend = listFolders.some((folder) => path.startsWith(folder))
      ? `name it in a segment: \`{list: ${path}}\``
      : `name it in a test: \`reconcile: {left: …, right: {file: ${path}, value: amount}}\``;
    const hints = [mend, 'or remove it'];
    report(context, 'E1307', fileSpan(path), `nothing uses \`${path}\``, hints);
  }
}
