import { toValue } from '../schema/to-value.ts';
import type { YamlNode, YamlScalar } from '../source/source-file.ts';
import { defineCalendar } from './define-project.ts';
import type { DefinitionContext } from './definition-context.ts';
import type { ExampleDefinition, ExampleRow, ExampleValue } from './example.ts';
import { omitUndefined } from './omit-undefined.ts';
import {
  entriesOf,
  findFlag,
  findNode,
  findText,
  getMapping,
  getNode,
  getText,
  itemsOf,
  textOf,
  textsOf,
} from './read-node.ts';

const decimal = /^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$/;

function defineScalarCell(node: YamlScalar): ExampleValue {
  if (typeof node.value !== 'number') return node.value;
  return decimal.test(node.raw) ? { number: node.raw } : String(node.value);
}

/** A list or mapping is the text of a `json` column. */
function defineCell(node: YamlNode): ExampleValue {
  return node.kind === 'scalar' ? defineScalarCell(node) : JSON.stringify(toValue(node));
}

function defineRow(node: YamlNode): ExampleRow {
  return Object.fromEntries(entriesOf(node).map(({ key, value }) => [key, defineCell(value)]));
}

function defineRows(node: YamlNode | undefined): { readonly cells: ExampleRow; readonly span: YamlNode['span'] }[] {
  return itemsOf(node).map((item) => ({ cells: defineRow(item), span: item.span }));
}

function defineExpect(node: YamlNode): ExampleDefinition['expect'] {
  if (node.kind !== 'mapping') return { form: 'rows', rows: defineRows(node) };
  const members = findNode(node, 'members');
  if (members) return { form: 'members', members: textsOf(members) };
  return { form: 'attrition', rows: defineRows(getNode(node, 'attrition')) };
}

export function defineExample(context: DefinitionContext, node: YamlNode): ExampleDefinition {
  const body = getMapping(node);
  const calendar = findNode(body, 'calendar');
  const disagree = itemsOf(findNode(body, 'disagree')).map(getMapping);
  return omitUndefined({
    title: getText(body, 'title'),
    given: entriesOf(getNode(body, 'given')).map(({ key, keySpan, value }) => ({
      model: key,
      rows: defineRows(value),
      span: keySpan,
    })),
    asOf: findText(body, 'as_of'),
    calendar: calendar && defineCalendar(context, calendar),
    by: textsOf(findNode(body, 'by')),
    grain: findText(body, 'grain'),
    from: findText(body, 'from'),
    to: findText(body, 'to'),
    where: findText(body, 'where'),
    ordered: findFlag(body, 'ordered') ?? false,
    expect: defineExpect(getNode(body, 'expect')),
    disagree: disagree.map((one) => ({
      system: getText(one, 'system'),
      value: textOf(getNode(one, 'value')),
      why: getText(one, 'why'),
    })),
    span: node.span,
  });
}
