import { fileSpan } from '../source/line-index.ts';
import type { Document, YamlMapping } from '../source/source-file.ts';
import { incrementalOf } from './define-incremental.ts';
import type { DefinitionContext } from './definition-context.ts';
import { refuseOptions, report } from './definition-context.ts';
import type { BuiltModelCommon, DeclarativeModel, IdentityModel, ModelCommon, ModelDefinition } from './model.ts';
import { omitUndefined, withOptional } from './omit-undefined.ts';
import {
  dictionaryOf,
  findEntry,
  findNode,
  findNumber,
  findSql,
  findText,
  getLocated,
  getMapping,
  getNode,
  getText,
  itemsOf,
  locateAll,
  spanOfEntry,
  textsOf,
} from './read-node.ts';

export type BuiltForm = 'declarative' | 'sql' | 'identity' | 'contract';

const refusedBy: Readonly<Record<BuiltForm, { readonly keys: readonly string[]; readonly why: string }>> = {
  declarative: { keys: [], why: '' },
  sql: { keys: ['where', 'dedupe', 'exclude'], why: 'the `.sql` file holds the query' },
  identity: {
    keys: [
      'columns',
      'where',
      'dedupe',
      'exclude',
      'key',
      'time',
      'relations',
      'incremental',
      'partition',
      'indexes',
      'contract',
    ],
    why: 'an identity model is generated',
  },
  contract: { keys: ['where', 'dedupe', 'exclude'], why: 'there is no `from`' },
};

/** Which body a clean or marts model has; exactly one is allowed. */
export function formOf(context: DefinitionContext, document: Document): BuiltForm {
  const { root, path } = document;
  const sqlPath = path.replace(/\.yml$/, '.sql');
  const from = findEntry(root, 'from');
  const identity = findEntry(root, 'identity');
  const sql = context.sqlFiles.has(sqlPath);
  const second = [from, identity].find(
    (entry) => entry !== undefined && (sql || (entry === from && identity !== undefined)),
  );
  if (second) {
    const other = sql ? `\`${sqlPath}\`` : '`identity`';
    report(context, 'E1304', second.keySpan, `two bodies: \`${second.key}\` and ${other}`, [
      `remove \`${second.key}\`, or ${other}`,
    ]);
  }
  if (sql) context.takenSql.add(sqlPath);
  // Of two bodies, `from` is what the columns have been written for: reading on by it reports no more than the one fault.
  const form = sql && second === undefined ? 'sql' : identity ? 'identity' : from ? 'declarative' : 'contract';
  if (form !== 'identity' && !findNode(root, 'columns')) {
    report(
      context,
      form === 'contract' ? 'E1303' : 'E1202',
      fileSpan(path),
      form === 'contract' ? 'the model has no body' : 'the model needs `columns`',
      [
        form === 'contract'
          ? `add \`from:\` with columns, or a query in \`${sqlPath}\``
          : 'list the columns it yields, in order',
      ],
    );
  }
  refuseOptions(context, root.entries, refusedBy[form].keys, refusedBy[form].why);
  return form;
}

function materializedOf(context: DefinitionContext, root: YamlMapping): BuiltModelCommon['materialized'] {
  const entry = findEntry(root, 'materialized');
  const incremental = findEntry(root, 'incremental');
  if (!entry) return incremental ? 'incremental' : 'table';
  const chosen = getText(root, 'materialized') as BuiltModelCommon['materialized'];
  if (chosen === 'incremental' && !incremental) {
    report(context, 'E1202', entry.keySpan, '`materialized: incremental` needs `incremental:`', [
      'for example `incremental: {by: day}`',
    ]);
  }
  if (chosen !== 'incremental') refuseOptions(context, root.entries, ['incremental'], `the model is a ${chosen}`);
  if (chosen === 'view')
    refuseOptions(context, root.entries, ['indexes', 'partition', 'snapshots'], 'a view stores no rows');
  return chosen;
}

function builtCommon(context: DefinitionContext, root: YamlMapping, common: ModelCommon): BuiltModelCommon {
  const partition = findEntry(root, 'partition');
  if (partition && !common.time)
    report(context, 'E1202', partition.keySpan, '`partition` needs the model’s `time`', ['add `time:`']);
  const snapshots = findNode(root, 'snapshots');
  return withOptional(
    {
      ...common,
      materialized: materializedOf(context, root),
      indexes: itemsOf(findNode(root, 'indexes')).map(textsOf),
      contract: (findText(root, 'contract') ?? 'none') as 'enforced' | 'none',
      version: findNumber(root, 'version') ?? 1,
      changes: dictionaryOf(findNode(root, 'changes')),
    },
    {
      incremental: incrementalOf(context, root),
      partition: partition && { by: getText(getMapping(partition.value), 'by') },
      snapshots: snapshots && { keep: findNumber(getMapping(snapshots), 'keep')! },
    },
  );
}

function dedupeOf(context: DefinitionContext, root: YamlMapping): DeclarativeModel['dedupe'] {
  const entry = findEntry(root, 'dedupe');
  if (!entry) return undefined;
  if (!findNode(root, 'key'))
    report(context, 'E1202', entry.keySpan, '`dedupe` needs the model’s `key`', [
      'add `key:`: one row is kept per key',
    ]);
  const body = getMapping(entry.value);
  return {
    keep: getText(body, 'keep') as 'first' | 'last',
    by: textsOf(getNode(body, 'by')),
    span: spanOfEntry(entry),
  };
}

function identityOf(root: YamlMapping): IdentityModel['identity'] {
  const body = getMapping(getNode(root, 'identity'));
  const links = itemsOf(getNode(body, 'links')).map(getMapping);
  const also = itemsOf(findNode(body, 'also')).map(getMapping);
  const shared = findNode(body, 'shared_device');
  return omitUndefined({
    entity: getLocated(body, 'entity'),
    links: links.map((link) => ({
      from: getLocated(link, 'from'),
      anonymous: getText(link, 'anonymous'),
      known: getText(link, 'known'),
      at: getText(link, 'at'),
    })),
    also: also.map((one) => ({
      from: getLocated(one, 'from'),
      known: getText(one, 'known'),
      attributes: textsOf(findNode(one, 'attributes')),
    })),
    anonymous: (findText(body, 'anonymous') ?? 'nearest') as IdentityModel['identity']['anonymous'],
    sharedDevice: shared && { maxUsers: findNumber(getMapping(shared), 'max_users')! },
    block: textsOf(findNode(body, 'block')),
  });
}

export function defineBuiltModel(
  context: DefinitionContext,
  document: Document,
  common: ModelCommon,
  form: BuiltForm,
): ModelDefinition {
  const { root, path } = document;
  const built = builtCommon(context, root, common);
  switch (form) {
    case 'contract':
      return { ...built, form };
    case 'identity':
      return { ...built, form, identity: identityOf(root) };
    case 'sql': {
      const sqlPath = path.replace(/\.yml$/, '.sql');
      const { text } = context.sqlFiles.get(sqlPath)!;
      return { ...built, form, sql: { text, span: fileSpan(sqlPath) }, sqlPath };
    }
    case 'declarative':
      return withOptional(
        { ...built, form, from: getLocated(root, 'from'), exclude: locateAll(findNode(root, 'exclude')) },
        { dedupe: dedupeOf(context, root), where: findSql(root, 'where') },
      );
  }
}
