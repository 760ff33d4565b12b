import type { YamlMapping } from '../source/source-file.ts';
import { type DefinitionContext, refuseOptions, report } from './definition-context.ts';
import type { IncrementalDefinition } from './model.ts';
import { omitUndefined } from './omit-undefined.ts';
import { entriesOf, findEntry, findFlag, findNode, findText, getMapping, getText, spanOfEntry } from './read-node.ts';

/** What of them needs periods, and so the model's business time. */
const ofPeriods = ['late', 'lookback', 'reads', 'partial', 'batch'];

/** How a built model is kept up to date: `incremental: {by: day, late: 90 days}`. */
export function incrementalOf(context: DefinitionContext, root: YamlMapping): IncrementalDefinition | undefined {
  const entry = findEntry(root, 'incremental');
  if (!entry) return undefined;
  const body = getMapping(entry.value);
  const by = getText(body, 'by') as IncrementalDefinition['by'];
  const hasTime = findNode(root, 'time') !== undefined;
  const needed = by === 'key' ? 'key' : 'time';
  if (!findNode(root, needed)) {
    report(context, 'E1202', entry.keySpan, `\`incremental: {by: ${by}}\` needs the model’s \`${needed}\``, [
      `add \`${needed}:\``,
    ]);
  }
  if (by === 'key' && !hasTime)
    refuseOptions(context, body.entries, ofPeriods, 'it goes by periods, and the model has no `time`');
  else if (by === 'key')
    refuseOptions(context, body.entries, ['lookback', 'reads', 'partial'], 'the model goes by its key, not by periods');
  return omitUndefined({
    by,
    late: findText(body, 'late'),
    lookback: findText(body, 'lookback'),
    reads: readsOf(body),
    partial: findFlag(body, 'partial') ?? true,
    batch: findText(body, 'batch'),
    lookbackSpan: findEntry(body, 'lookback')?.keySpan,
    span: spanOfEntry(entry),
  });
}

function readsOf(body: YamlMapping): IncrementalDefinition['reads'] {
  const node = findNode(body, 'reads');
  if (!node) return undefined;
  return entriesOf(node).map(({ key, keySpan, value }) => {
    const reach = getMapping(value);
    return omitUndefined({
      model: { value: key, span: keySpan },
      before: findText(reach, 'before'),
      after: findText(reach, 'after'),
    });
  });
}
