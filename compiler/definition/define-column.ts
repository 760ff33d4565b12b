import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar } from '../source/source-file.ts';
import type { TestNamer } from './define-data-test.ts';
import { defineColumnTest } from './define-data-test.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName, checkTimezone, refuseOptions, report } from './definition-context.ts';
import type { ColumnBody, ColumnDefinition } from './model.ts';
import { omitUndefined, withOptional } from './omit-undefined.ts';
import { columnLine, suggestPlainName } from './plain-name.ts';
import {
  entriesOf,
  findEntry,
  findFlag,
  findNode,
  findText,
  getLocated,
  getMapping,
  getNode,
  getScalar,
  getSql,
  getText,
  itemsOf,
  locate,
  sqlOf,
  textOf,
} from './read-node.ts';
import type { ColumnType } from './type-name.ts';
import { parseType } from './type-name.ts';

/** What a bare value of a column means: with `from:` an expression, without the type. */
export type ColumnStyle = 'type' | 'expression';

const bodyKeys = ['is', 'map', 'money', 'identity', 'hash', 'event'];
const typeNames = ['text', 'integer', 'decimal(12,2)', 'double', 'boolean', 'date', 'timestamp', 'json'];

function typeOf(context: DefinitionContext, node: YamlScalar): ColumnType | undefined {
  const type = parseType(node.raw);
  if (!type) report(context, 'E1205', node.span, `unknown type \`${node.raw}\``, suggestNames(node.raw, typeNames));
  return type;
}

function mapOf(node: YamlMapping): ColumnBody {
  const values = entriesOf(getNode(node, 'values')).map(({ key, value }) => [
    key,
    itemsOf(value).map((item) => getScalar(item).value),
  ]);
  const otherwise = findNode(node, 'else');
  const plain = otherwise && getScalar(otherwise);
  const rejects = !plain || plain.raw === 'error';
  return {
    form: 'map',
    from: getSql(node, 'from'),
    values: Object.fromEntries(values),
    else: rejects ? { error: true } : { value: plain.value === null ? null : plain.raw },
  };
}

function bodyOf(node: YamlMapping): ColumnBody {
  for (const { key, value } of node.entries) {
    switch (key) {
      case 'is':
        return { form: 'expression', expression: sqlOf(value) };
      case 'map':
        return mapOf(getMapping(value));
      case 'identity':
        return { form: 'identity', entity: locate(value) };
      case 'event':
        return { form: 'event', source: locate(value) };
      case 'hash':
        return { form: 'hash', of: sqlOf(value) };
      case 'money': {
        const money = getMapping(value);
        return omitUndefined({
          form: 'money' as const,
          amount: getText(money, 'amount'),
          currency: getText(money, 'currency'),
          at: getText(money, 'at'),
          rates: getLocated(money, 'rates'),
          maxAge: findText(money, 'max_age'),
        });
      }
    }
  }
  return { form: 'same' };
}

function checkZone(context: DefinitionContext, node: YamlMapping, type: ColumnType | undefined): void {
  const zone = findNode(node, 'zone');
  if (!zone) return;
  checkTimezone(context, getScalar(zone).raw, zone.span);
  if (type?.name !== 'timestamp')
    report(context, 'E1306', zone.span, '`zone` does not apply: only a `timestamp` has one', ['remove `zone`']);
}

/** A tag, or the word that there is none any longer, which wants a reason. */
function personalOf(
  context: DefinitionContext,
  node: YamlMapping,
  style: ColumnStyle,
): Pick<ColumnDefinition, 'pii' | 'impersonal'> {
  const tag = findNode(node, 'pii');
  const why = findEntry(node, 'why');
  if (tag && textOf(tag) === 'none') {
    if (style === 'type' && tag.span.file.startsWith('models/raw/')) {
      const hints = ['leave `pii` out: a column of a source without a tag is not personal'];
      report(context, 'E1306', tag.span, '`pii: none` does not apply: nothing comes before a source', hints);
    } else if (!why) {
      const hints = ['add `why:`, a sentence that says why this column tells of nobody'];
      report(context, 'E1202', tag.span, '`pii: none` needs `why`', hints);
    }
    return { impersonal: { why: why ? textOf(why.value) : '', span: tag.span } };
  }
  if (why)
    report(context, 'E1306', why.keySpan, '`why` does not apply: it is the reason for `pii: none`', ['remove `why`']);
  return tag ? { pii: textOf(tag) } : {};
}

function shortColumn(
  context: DefinitionContext,
  entry: YamlEntry,
  node: YamlScalar,
  style: ColumnStyle,
): ColumnDefinition {
  const name = entry.key;
  const common = { name, required: false, tests: [], span: entry.keySpan };
  if (style === 'type')
    return omitUndefined({ ...common, type: typeOf(context, node), body: { form: 'same' } as const });
  if (node.value === null) return { ...common, body: { form: 'same' } };
  return { ...common, body: { form: 'expression', expression: sqlOf(node) } };
}

function checkColumnName(context: DefinitionContext, { key, keySpan, value }: YamlEntry, style: ColumnStyle): void {
  const better = suggestPlainName(key);
  const raw = style === 'type' && keySpan.file.startsWith('models/raw/');
  const type = value.kind === 'mapping' ? findText(value, 'type') : getScalar(value).raw;
  const hints = raw && better && type ? [`write \`${columnLine(better, type, key)}\``] : [];
  checkName(context, 'column', key, keySpan, hints);
}

export function defineColumn(
  context: DefinitionContext,
  names: TestNamer,
  model: string,
  entry: YamlEntry,
  style: ColumnStyle,
): ColumnDefinition {
  const { key: name, keySpan, value } = entry;
  checkColumnName(context, entry, style);
  const type = value.kind === 'mapping' ? findNode(value, 'type') : value;
  if (style === 'type' && (!type || getScalar(type).value === null)) {
    report(context, 'E1202', keySpan, `column \`${name}\` needs a type`, [`for example \`${name}: text\``]);
  }
  if (value.kind !== 'mapping') {
    const untyped: YamlNode = value;
    if (style === 'type' && getScalar(untyped).value === null)
      return { name, required: false, tests: [], body: { form: 'same' }, span: keySpan };
    return shortColumn(context, entry, getScalar(untyped), style);
  }
  if (style === 'type')
    refuseOptions(context, value.entries, bodyKeys, 'the query or the source gives the value, not the column');
  const known = type && typeOf(context, getScalar(type));
  checkZone(context, value, known);
  return withOptional(
    {
      name,
      required: findFlag(value, 'required') ?? false,
      body: bodyOf(value),
      tests: itemsOf(findNode(value, 'tests')).map((test) => defineColumnTest(context, names, model, name, test)),
      span: keySpan,
    },
    {
      type: known,
      zone: findText(value, 'zone'),
      from: findText(value, 'from'),
      description: findText(value, 'description'),
      ...personalOf(context, value, style),
    },
  );
}
