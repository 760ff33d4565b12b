import { findNearestName, suggestNames } from '../diagnostic/nearest-name.ts';
import type { YamlNode, YamlScalar, YamlSequence } from '../source/source-file.ts';
import { cohortFormSchemas } from './cohort-form-schemas.ts';
import { accepts, resolveRef } from './describe-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { renderFlow } from './render-yaml.ts';

/** How to mend a missing key: with a value, where the schema has one that fits a line. */
export function hintsForMissing(key: string, given: JsonSchema | undefined): string[] {
  const example = given && exampleOf(given);
  if (example !== undefined) return [`for example \`${key}: ${example}\``];
  const description = given && (given.description ?? resolveRef(given).description);
  return [`add \`${key}:\`${description === undefined ? '' : ` · ${description}`}`];
}

/** A value of the right kind that cannot be read. */
export function hintsForValue(given: JsonSchema, raw: string): string[] {
  const schema = resolveRef(given);
  if (schema.pattern?.includes('|double|')) {
    const word = raw.toLowerCase().replace(/\(.*/s, '').trim();
    const type = typesElsewhere[word] ?? findNearestName(word, ['text', 'integer', 'double', 'boolean', 'timestamp']);
    return [type === undefined ? 'for example `decimal(12,2)`' : `did you mean \`${type}\`?`];
  }
  const example = exampleOf(given);
  return example === undefined ? [] : [`for example \`${example}\``];
}

/** A list where a text is expected, a text where a flag is. */
export function hintsForKind(schema: JsonSchema, node: YamlNode, key: string | undefined): string[] {
  const hints: string[] = [];
  if (node.kind === 'scalar') {
    if (node.quoted && accepts(schema, { ...node, value: true, quoted: false })) hints.push(plainFlag(node.raw));
    const text: YamlScalar = { kind: 'scalar', value: node.raw, raw: node.raw, quoted: true, span: node.span };
    if (node.value !== null && !node.quoted && accepts(schema, text) && isWritten(schema, node.raw))
      hints.push(`put it in quotes to make it text: '${node.raw}'`);
    const list: YamlSequence = { kind: 'sequence', items: [], span: node.span };
    if (node.raw !== '' && accepts(schema, list)) hints.push(`a list of one is \`[${node.raw}]\``);
  }
  if (schema.const === true && key !== undefined && node.kind === 'mapping')
    hints.push(`options stand beside it: \`{${key}: true, max: 10 rows}\``);
  if (schema.anyOf && schema.description) hints.push(schema.description);
  if (hints.length > 0) return hints;
  const example = exampleOf(schema);
  return example === undefined ? [] : [`for example \`${key === undefined ? '' : `${key}: `}${example}\``];
}

/** Would it be right as a text? What must look in a certain way does not by quotes alone. */
function isWritten(given: JsonSchema, text: string): boolean {
  const schema = resolveRef(given);
  if (schema.anyOf) return schema.anyOf.some((branch) => isWritten(branch, text));
  if (schema.enum) return schema.enum.includes(text);
  return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text);
}

function plainFlag(raw: string): string {
  return /^(true|yes|on|1)$/i.test(raw)
    ? 'write `true`, without quotes'
    : /^(false|no|off|0)$/i.test(raw)
      ? 'write `false`, without quotes'
      : 'write `true` or `false`, without quotes';
}

/** An unknown key: what it is called here, if another tool has it, or else the nearest of those that could stand there. */
export function hintsForUnknown(key: string, available: readonly string[], all: readonly string[]): string[] {
  const here = (keysElsewhere[key] ?? []).find((name) => all.includes(name));
  if (here !== undefined)
    return [
      `here it is called \`${here}\`${available.includes(here) ? '' : ', which stands there already: remove one'}`,
    ];
  if (all.includes('is') && key in cohortFormSchemas)
    return [`a metric has one form: either \`is\` or \`${key}\`; make two of it`];
  const why = notHere[key];
  return why === undefined ? suggestNames(key, available) : [why];
}

function exampleOf(given: JsonSchema): string | undefined {
  const example = given.examples?.[0] ?? resolveRef(given).examples?.[0];
  if (example === undefined) return undefined;
  const text = renderFlow(example);
  return text.length <= 90 ? text : undefined;
}

/** What dbt, SQLMesh, Cube, MetricFlow and Looker call a key of ours. */
const keysElsewhere: Readonly<Record<string, readonly string[]>> = {
  unique_key: ['key'],
  primary_key: ['key'],
  grain: ['key', 'every'],
  time_dimension: ['time'],
  time_column: ['time'],
  event_time: ['time'],
  agg_time_dimension: ['time'],
  updated_at: ['time', 'by'],
  dimensions: ['by'],
  group_by: ['by'],
  filter: ['where'],
  filters: ['where'],
  sql: ['is'],
  expr: ['is'],
  expression: ['is'],
  formula: ['is'],
  measure: ['is'],
  measures: ['metrics'],
  kpis: ['metrics'],
  label: ['title'],
  meta: ['tags'],
  data_tests: ['tests'],
  audits: ['tests'],
  checks: ['tests'],
  constraints: ['tests'],
  accepted_values: ['accepted'],
  relationships: ['references'],
  data_type: ['type'],
  joins: ['relations'],
  entity: ['entity', 'relations'],
  materialization: ['materialized'],
  partition_by: ['partition'],
  model: ['from'],
  table: ['from', 'source'],
  sources: ['source'],
  path: ['files'],
  location: ['files'],
  loaded_at_field: ['loaded_at'],
  time_zone: ['timezone'],
  tz: ['timezone', 'zone'],
  url: ['url_env'],
  dsn: ['url_env'],
  password: ['url_env'],
  type: ['engine'],
};

const notHere: Readonly<Record<string, string>> = {
  name: 'a name is never repeated: it is the key above, or the path of the file',
  config: 'its settings stand at the top of the file, a key each: `materialized:`, `tags:`, `incremental:`',
  version: 'remove it: the language of the files is named once, by `language:` in project.yml',
};

const typesElsewhere: Readonly<Record<string, string>> = {
  string: 'text',
  str: 'text',
  varchar: 'text',
  char: 'text',
  uuid: 'text',
  int: 'integer',
  int4: 'integer',
  int8: 'integer',
  bigint: 'integer',
  smallint: 'integer',
  long: 'integer',
  number: 'decimal(18,2)',
  numeric: 'decimal(18,2)',
  money: 'decimal(18,2)',
  float: 'double',
  float8: 'double',
  real: 'double',
  'double precision': 'double',
  bool: 'boolean',
  datetime: 'timestamp',
  timestamptz: 'timestamp',
  'timestamp with time zone': 'timestamp',
  time: 'timestamp',
  jsonb: 'json',
  struct: 'json',
  object: 'json',
};
