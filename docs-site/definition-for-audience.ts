import type {
  ExampleDefinition,
  ManifestActivity,
  ManifestMetric,
  ManifestModel,
  ManifestSegment,
  ManifestTest,
  Span,
} from '../compiler/index.ts';
import type { AudienceNames } from './audience-names.ts';
import { findTold } from './audience-names.ts';
import { nodeId } from './site-graph.ts';

/** What an audience is told, and how far. */
export interface Told extends AudienceNames {
  /** Definitions shown that one is computed from, those between left out; ids. */
  readonly above: (id: string) => readonly string[];
  /** Its rule names nothing that is not shown. */
  readonly isOpen: (id: string) => boolean;
  /** The text of an author names nothing that is not shown. */
  readonly isClean: (text: string | undefined) => boolean;
}

const fingerprint = '';
const path = '';
const line = 0;

/** The names of the given kind among those that one is computed from. */
function namesAbove(told: Told, id: string, kind: 'metric' | 'segment' | 'model'): readonly string[] {
  return told.above(id).flatMap((from) => (from.startsWith(`${kind}:`) ? [from.slice(kind.length + 1)] : []));
}

/** Sentences that are generated name what they are about: those with a name that is not shown are left out. */
function clean<T>(told: Told, items: readonly T[], textOf: (item: T) => string): readonly T[] {
  return items.filter((item) => findTold(textOf(item), told.hidden).length === 0);
}

function present<T extends object>(from: T): T {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as T;
}

/** Settings that are the rule itself. */
const ofRule: ReadonlySet<string> = new Set(['is', 'from', 'time', 'where', 'exclude', 'cohort', 'return', 'steps']);

/** A metric without where it is counted from; with its formula, condition and examples where all that they name is shown. */
export function metricFor(told: Told, metric: ManifestMetric): ManifestMetric {
  const id = nodeId('metric', metric.name);
  const { kind, name, title, description, unit, owner, status, until, version, changes, form, computed } = metric;
  const { timezone, type, additivity, window, toDate, compare, rule, grains, replacedBy, model, time, where } = metric;
  const isOpen = told.isOpen(id);
  const isThere = replacedBy !== undefined && told.shown.has(nodeId('metric', replacedBy));
  return present({
    ...{ kind, name, title, description, unit, owner, tags: [], status, until, version, changes, form, computed },
    ...{ timezone, type, additivity, window, toDate, compare, grains, path, line, fingerprint },
    rule: isOpen || rule === undefined ? rule : veilForm(rule),
    replacedBy: isThere ? replacedBy : undefined,
    is: isOpen ? metric.is : '',
    ...(isOpen ? { model, time, where } : {}),
    exclude: [],
    inputs: namesAbove(told, id, 'metric'),
    reads: namesAbove(told, id, 'model'),
    dimensions: metric.dimensions.map((dimension) => ({
      ...present({
        name: dimension.name,
        label: dimension.label,
        type: dimension.type,
        description: told.isClean(dimension.description) ? dimension.description : undefined,
      }),
      ...(told.shown.has(nodeId('model', dimension.model))
        ? { model: dimension.model, column: dimension.column }
        : { model: '', column: '' }),
      relations: [],
    })),
    words: {
      en: clean(told, metric.words.en, (sentence) => sentence),
      ru: clean(told, metric.words.ru, (sentence) => sentence),
    },
    knobs: clean(told, metric.knobs, ({ value }) => `\`${value}\``).filter(({ name }) => isOpen || !ofRule.has(name)),
    examples: examplesFor(told, id, metric.examples),
  }) as ManifestMetric;
}

/** Of a form what its cells and rows are laid out by; what is looked at, and how it counts, is the rule. */
function veilForm(rule: NonNullable<ManifestMetric['rule']>): NonNullable<ManifestMetric['rule']> {
  const drawn = ['rule', 'every', 'cells', 'periodZero', 'includePartial', 'count', 'as'];
  const laidOut = Object.fromEntries(Object.entries(rule).filter(([name]) => drawn.includes(name)));
  return { ...laidOut, ...('steps' in rule ? { steps: [] } : { activity: '' }) } as unknown as typeof rule;
}

/** A segment by what is said of it; its rule in words where all that it names is shown. */
export function segmentFor(told: Told, segment: ManifestSegment): ManifestSegment {
  const id = nodeId('segment', segment.name);
  const { kind, name, title, description, entity, key, owner, status, version, changes, schedule, computed, rule } =
    segment;
  const isOpen = told.isOpen(id);
  return present({
    ...{ kind, name, title, description, entity, key, owner, tags: [], status, version, changes, schedule, computed },
    ...{ path, line, fingerprint },
    rule: isOpen || rule === undefined ? rule : veilRule(rule),
    exclude: [],
    activities: segment.activities,
    metrics: namesAbove(told, id, 'metric'),
    inputs: namesAbove(told, id, 'segment'),
    reads: namesAbove(told, id, 'model'),
    words: isOpen
      ? {
          en: clean(told, segment.words.en, ({ text }) => text),
          ru: clean(told, segment.words.ru, ({ text }) => text),
        }
      : { en: [], ru: [] },
    examples: examplesFor(told, id, segment.examples),
  }) as ManifestSegment;
}

/** Which parts a split has is seen by their sizes; what puts somebody in one is not told. */
function veilRule(rule: NonNullable<ManifestSegment['rule']>): NonNullable<ManifestSegment['rule']> {
  if (rule.form === 'where') return { form: 'where', where: { kind: 'all', of: [] } };
  const parts = rule.split.parts.map(({ name }) => ({ name, when: '' }));
  return { form: 'split', split: { activity: '', within: '', cuts: {}, freeze: 'none', parts } };
}

/** Worked examples of what may be told, of tables that are shown: a formula over shown metrics may have examples in rows of a table that is not. */
export function examplesFor(
  told: Told,
  id: string,
  examples: readonly ExampleDefinition[],
): readonly ExampleDefinition[] {
  if (!told.isOpen(id)) return [];
  const isShown = ({ given }: ExampleDefinition) => given.every(({ model }) => told.shown.has(nodeId('model', model)));
  return examples.filter(isShown).map(withoutPlaces);
}

const nowhere: Span = { file: '', start: { offset: 0, line: 0, column: 0 }, end: { offset: 0, line: 0, column: 0 } };

/** A worked example without the file that it stands in. */
function withoutPlaces(example: ExampleDefinition): ExampleDefinition {
  const rowsOf = (rows: ExampleDefinition['given'][number]['rows']) =>
    rows.map(({ cells }) => ({ cells, span: nowhere }));
  const { given, expect } = example;
  return {
    ...example,
    given: given.map(({ model, rows }) => ({ model, rows: rowsOf(rows), span: nowhere })),
    expect: expect.form === 'members' ? expect : { ...expect, rows: rowsOf(expect.rows) },
    span: nowhere,
  };
}

/** A model by its columns; no SQL, no place, and of lineage what is shown. */
export function modelFor(told: Told, model: ManifestModel): ManifestModel {
  const { kind, name, layer, form, title, description, owner, key, time, materialized, columns } = model;
  const isThere = (other: string): boolean => told.shown.has(nodeId('model', other));
  return present({
    ...{ kind, name, layer, form, title, description, owner, tags: [], key, time, materialized },
    ...{ path, fingerprint, strategy: '', indexes: [], snapshots: 0, after: [] },
    columns: columns.map(({ name: column, type, description: meaning, personal, required, sources, tests }) =>
      present({
        name: column,
        type,
        description: meaning,
        personal: personal && present({ tags: personal.tags, treatment: personal.treatment, path, line }),
        required,
        sources: sources.filter((source) => isThere(source.model)),
        tests,
      }),
    ),
    relations: model.relations.filter(({ to }) => isThere(to)),
    reads: namesAbove(told, nodeId('model', name), 'model'),
    tests: model.tests,
  }) as ManifestModel;
}

/** A test by its rule; what its author says of it where that names nothing else. */
export function testFor(told: Told, test: ManifestTest): ManifestTest {
  const { why, description, owner: _, look: __, ...rest } = test;
  return {
    ...rest,
    ...(why !== undefined && told.isClean(why) ? { why } : {}),
    ...(description !== undefined && told.isClean(description) ? { description } : {}),
  };
}

/** What an activity means; where its rows come from only if that model is shown. */
export function wordFor(told: Told, activity: ManifestActivity): ManifestActivity {
  const { kind, name, description, model, time, where, any } = activity;
  const isThere = model !== undefined && told.shown.has(nodeId('model', model));
  return present({
    kind,
    name,
    description,
    any,
    path,
    ...(isThere ? { model, time, where } : {}),
  }) as ManifestActivity;
}
