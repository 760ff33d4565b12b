import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { Document, YamlMapping, YamlNode } from '../source/source-file.ts';
import type { Definitions } from './definitions.ts';
import { cohortForms } from './metric.ts';
import { entriesOf, findNode, itemsOf, locateAll } from './read-node.ts';

type Kind = 'activity' | 'cohort' | 'entity' | 'segment' | 'metric' | 'model' | 'exclusion';

/** Names that may stand for a definition of a kind. */
type Known = Readonly<Record<Kind, ReadonlySet<string>>>;

/** Keys of activities, cohorts, the forms of metrics and the conditions of segments whose values name another definition. */
const keysOfNames: Readonly<Record<string, Kind>> = {
  activity: 'activity',
  return: 'activity',
  steps: 'activity',
  anchor: 'activity',
  did: 'activity',
  did_not: 'activity',
  first: 'activity',
  last: 'activity',
  sequence: 'activity',
  cohort: 'cohort',
  entity: 'entity',
  segment: 'segment',
  metric: 'metric',
  disjoint_with: 'segment',
};

const howToAdd: Readonly<Record<Kind, string>> = {
  activity: 'no activity is declared: add it under `activities:` of a file in metrics/',
  cohort: 'no cohort is declared: add it under `cohorts:` of a file in metrics/',
  entity: 'no entity is declared: add it under `entities:` in project.yml',
  segment: 'no segment is declared: add it to a file in segments/',
  metric: 'no metric is declared: add it to a file in metrics/',
  model: 'no model is declared: add it to models/',
  exclusion: 'no exclusion is declared: add it under `exclude:` in project.yml',
};

/**
 * Names in activities, cohorts, cohort metrics and segments lead somewhere. What models and plain metrics name is found where their SQL is read.
 */
export function checkReferences(documents: readonly Document[], definitions: Definitions): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const known = knownNames(definitions);
  for (const { type, root } of documents) {
    if (type === 'segments') for (const { value } of entriesOf(findNode(root, 'segments'))) checkSegment(value);
    if (type === 'metrics') checkMetricsFile(root);
  }
  return diagnostics;

  function checkSegment(node: YamlNode): void {
    for (const { key, value } of entriesOf(node)) {
      if (key === 'exclude') checkNames('exclusion', value);
      else if (key === 'entity' || key === 'where' || key === 'expect' || key === 'split') checkTree(key, value);
    }
  }

  function checkMetricsFile(root: YamlMapping): void {
    for (const { value } of entriesOf(findNode(root, 'activities'))) {
      for (const entry of entriesOf(value)) {
        if (entry.key === 'from') checkNames('model', entry.value);
        else if (entry.key === 'entity') checkNames('entity', entry.value);
        else if (entry.key === 'any') checkNames('activity', entry.value);
      }
    }
    for (const { value } of entriesOf(findNode(root, 'cohorts')))
      for (const entry of entriesOf(value)) if (entry.key === 'anchor') checkNames('activity', entry.value);
    for (const { value } of entriesOf(findNode(root, 'metrics')))
      for (const entry of entriesOf(value))
        if (entry.key === 'replaced_by') checkNames('metric', entry.value);
        else if ((cohortForms as readonly string[]).includes(entry.key)) checkTree(entry.key, entry.value);
  }

  /** Every key below that names a definition, however deep: `all`, `any`, `not`, `since`. */
  function checkTree(key: string, node: YamlNode): void {
    const kind = keysOfNames[key];
    if (kind !== undefined && (node.kind === 'scalar' || node.kind === 'sequence')) checkNames(kind, node);
    else if (node.kind === 'sequence') for (const item of itemsOf(node)) checkTree(key, item);
    else for (const entry of entriesOf(node)) checkTree(entry.key, entry.value);
  }

  function checkNames(kind: Kind, node: YamlNode): void {
    for (const name of locateAll(node)) checkOne(kind, name.value, name.span);
  }

  function checkOne(kind: Kind, name: string, span: Span): void {
    if (known[kind].has(name)) return;
    const hints = known[kind].size === 0 ? [howToAdd[kind]] : suggestNames(name, known[kind]);
    diagnostics.push(diagnostic('E1501', `unknown ${kind} \`${name}\``, { span, hints }));
  }
}

function knownNames(definitions: Definitions): Known {
  const names = (all: readonly { readonly name: string }[]): ReadonlySet<string> => new Set(all.map((one) => one.name));
  return {
    activity: names(definitions.activities),
    cohort: names(definitions.cohorts),
    entity: names(definitions.project.entities),
    segment: names(definitions.segments),
    metric: names(definitions.metrics),
    model: names(definitions.models),
    exclusion: names(definitions.project.exclusions),
  };
}
