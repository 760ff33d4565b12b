import type { YamlNode } from '../source/source-file.ts';
import { schemaDefinitions } from './document-kinds.ts';
import { type JsonSchema, type JsonType, writtenValue } from './json-schema.ts';

const prefix = '#/definitions/';

export function resolveRef(schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const target = schemaDefinitions[schema.$ref.slice(prefix.length)];
  if (!target) throw new Error(`the schemas refer to ${schema.$ref}, which is not defined`);
  return resolveRef(target);
}

/** What a schema expects, as a message says it: "a length of time, such as `28 days`". */
export function describeSchema(given: JsonSchema): string {
  const schema = resolveRef(given);
  if (schema.title !== undefined) return schema.title;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(describeSchema))].join(' or ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return `one of ${schema.enum.map((value) => `\`${writtenValue(value)}\``).join(', ')}`;
  const types = typesOf(schema);
  return types.length > 0 ? types.map((type) => typeWords[type]).join(' or ') : 'a value';
}

const typeWords: Readonly<Record<JsonType, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  null: 'nothing',
  array: 'a list',
  object: 'keys with values',
};

export function describeFound(node: YamlNode): string {
  if (node.kind === 'sequence') return 'a list';
  if (node.kind === 'mapping') return 'keys with values';
  if (node.value === null) return node.raw === '' ? 'nothing' : `\`${node.raw}\``;
  if (typeof node.value === 'string') return node.value === '' ? 'an empty text' : `the text \`${shorten(node.raw)}\``;
  return typeof node.value === 'number' ? `the number \`${node.raw}\`` : `\`${node.raw}\``;
}

function shorten(raw: string): string {
  const line = raw.replaceAll(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

export function typesOf(schema: JsonSchema): readonly JsonType[] {
  if (schema.type !== undefined) return typeof schema.type === 'string' ? [schema.type] : schema.type;
  const values = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
  return [...new Set(values.map((value): JsonType => (value === null ? 'null' : (typeof value as JsonType))))];
}

/** Whether a schema takes values of the node's kind at all. */
export function accepts(given: JsonSchema, node: YamlNode): boolean {
  const schema = resolveRef(given);
  if (schema.anyOf) return schema.anyOf.some((branch) => accepts(branch, node));
  const types = typesOf(schema);
  if (types.length === 0) return true;
  if (node.kind !== 'scalar') return types.includes(node.kind === 'sequence' ? 'array' : 'object');
  const { value } = node;
  if (value === null) return types.includes('null');
  if (typeof value !== 'number') return types.includes(typeof value as JsonType);
  if (!Number.isFinite(value)) return false;
  return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
}
