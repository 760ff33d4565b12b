import { posix } from 'node:path';
import { fileSpan } from '../source/line-index.ts';
import type { Document, YamlMapping } from '../source/source-file.ts';
import { defineBuiltModel, formOf } from './define-built-model.ts';
import { defineColumn } from './define-column.ts';
import { defineModelTest, startTestNames } from './define-data-test.ts';
import { defineSource } from './define-source.ts';
import { defineTrackingPlan } from './define-tracking-plan.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkColumns, checkName, report } from './definition-context.ts';
import { addKeyTests } from './key-tests.ts';
import type { Layer, ModelCommon, ModelDefinition, RelationDefinition } from './model.ts';
import { withOptional } from './omit-undefined.ts';
import {
  entriesOf,
  findEntry,
  findNode,
  findText,
  getLocated,
  getMapping,
  getNode,
  itemsOf,
  locateAll,
  spanOfEntry,
  textsOf,
} from './read-node.ts';

/** `models/clean/sub/events.yml` → `clean`, `events`. */
function nameOf(context: DefinitionContext, path: string): { layer: Layer; name: string } {
  const layer = path.split('/')[1] as Layer;
  const stem = posix.basename(path, '.yml');
  checkName(context, 'model', stem, fileSpan(path));
  return { layer, name: `${layer}.${stem}` };
}

function relationsOf(context: DefinitionContext, root: YamlMapping): RelationDefinition[] {
  return entriesOf(findNode(root, 'relations')).map((entry) => {
    checkName(context, 'relation', entry.key, entry.keySpan);
    const body = getMapping(entry.value);
    return { name: entry.key, to: getLocated(body, 'to'), on: textsOf(getNode(body, 'on')), span: spanOfEntry(entry) };
  });
}

/** Keys of a model whose values are columns of it. */
function checkOwnColumns(
  context: DefinitionContext,
  root: YamlMapping,
  model: string,
  names: ReadonlySet<string>,
): void {
  if (names.size === 0) return;
  for (const key of ['key', 'time', 'loaded_at']) checkColumns(context, model, names, locateAll(findNode(root, key)));
  for (const { value } of entriesOf(findNode(root, 'relations')))
    checkColumns(context, model, names, locateAll(getNode(getMapping(value), 'on')));
  for (const index of itemsOf(findNode(root, 'indexes'))) checkColumns(context, model, names, locateAll(index));
  for (const test of itemsOf(findNode(root, 'tests'))) checkTestColumns(context, getMapping(test), model, names);
}

function checkTestColumns(
  context: DefinitionContext,
  test: YamlMapping,
  model: string,
  names: ReadonlySet<string>,
): void {
  checkColumns(context, model, names, locateAll(findNode(test, 'unique')));
  const sequence = findNode(test, 'sequence');
  for (const key of ['per', 'event'])
    if (sequence) checkColumns(context, model, names, locateAll(findNode(getMapping(sequence), key)));
  const references = findNode(test, 'references');
  if (references) checkColumns(context, model, names, locateAll(findNode(getMapping(references), 'on')));
}

/** Tests by period need to know which column is time. */
function checkTestTime(context: DefinitionContext, root: YamlMapping): void {
  if (findNode(root, 'time')) return;
  for (const test of itemsOf(findNode(root, 'tests'))) {
    for (const { key, keySpan, value } of getMapping(test).entries) {
      const timed =
        key === 'volume' || key === 'sequence' || (key === 'rows' && findNode(getMapping(value), 'per') !== undefined);
      if (timed)
        report(context, 'E1202', keySpan, `test \`${key}\` goes by time, and the model has none`, [
          'add `time:` with the column of business time',
        ]);
    }
  }
}

export function defineModel(context: DefinitionContext, document: Document): ModelDefinition {
  const { root, path } = document;
  const { layer, name } = nameOf(context, path);
  const form = layer === 'raw' ? 'source' : formOf(context, document);
  const names = startTestNames();
  const style = form === 'declarative' ? 'expression' : 'type';
  const declared = entriesOf(findNode(root, 'columns')).map((entry) =>
    defineColumn(context, names, name, entry, style),
  );
  const own = itemsOf(findNode(root, 'tests')).flatMap(
    (test) => defineModelTest(context, names, name, path, test) ?? [],
  );
  const events = findEntry(root, 'events');
  const tracked = events && defineTrackingPlan(context, names, name, events, declared);
  const key = textsOf(findNode(root, 'key'));
  const keyed = addKeyTests(names, name, layer, key, findEntry(root, 'key')?.keySpan ?? fileSpan(path), declared);
  checkOwnColumns(context, root, name, new Set(declared.map((column) => column.name)));
  checkTestTime(context, root);
  const common: ModelCommon = withOptional(
    {
      kind: 'model' as const,
      name,
      layer,
      tags: textsOf(findNode(root, 'tags')),
      key,
      columns: keyed.columns,
      relations: relationsOf(context, root),
      tests: [...own, ...(tracked?.tests ?? []), ...keyed.tests],
      path,
      span: fileSpan(path),
    },
    {
      title: findText(root, 'title'),
      description: findText(root, 'description'),
      owner: findText(root, 'owner'),
      time: findText(root, 'time'),
    },
  );
  return form === 'source'
    ? defineSource(context, document, common, tracked?.plan)
    : defineBuiltModel(context, document, common, form);
}
