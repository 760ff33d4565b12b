/** The part of JSON Schema (draft-07) that Etalon's schemas use. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  /** What the value is, as an error message names it: "a length of time". */
  readonly title?: string;
  /** What it means, in business words; shown by editors and in the reference. */
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean | null;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | JsonSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  /** At least one of several forms; they are told apart by kind of value and by the keys present. */
  readonly anyOf?: readonly JsonSchema[];
  /** Each is `{ not: { required: [a, b] } }`: keys that exclude one another. */
  readonly allOf?: readonly ExclusionSchema[];
  /** Key → keys that it needs beside it. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

export interface ExclusionSchema {
  readonly not: { readonly required: readonly [string, string] };
}

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

type Keys = Readonly<Record<string, JsonSchema>>;

/** What a key means where its shape is shared: a schema with a description of its own. */
export function described(description: string, examples: readonly unknown[], schema: JsonSchema): JsonSchema {
  // Draft-07 ignores whatever stands beside `$ref`, hence the wrapping.
  if (schema.$ref !== undefined) return { description, examples, anyOf: [schema] };
  return { ...schema, description, examples };
}

export function text(description: string, examples: readonly unknown[], rest: JsonSchema = {}): JsonSchema {
  return { type: 'string', description, examples, ...rest };
}

export function choice(description: string, values: readonly string[], rest: JsonSchema = {}): JsonSchema {
  return { type: 'string', enum: values, description, examples: [rest.default ?? values[0]], ...rest };
}

/** A value as YAML writes it: a sign, or what cannot be seen, in quotes. */
export function writtenValue(value: string | number | boolean | null): string {
  return typeof value !== 'string' || /^[\p{L}\p{N}_]/u.test(value) ? String(value) : JSON.stringify(value);
}

export function flag(description: string, rest: JsonSchema = {}): JsonSchema {
  return { type: 'boolean', description, examples: [true], ...rest };
}

export function count(description: string, examples: readonly number[], rest: JsonSchema = {}): JsonSchema {
  return { type: 'integer', minimum: 1, description, examples, ...rest };
}

/** A mapping with these keys and no other. */
export function record(title: string, properties: Keys, rest: JsonSchema = {}): JsonSchema {
  return { type: 'object', title, properties, additionalProperties: false, ...rest };
}

/** A mapping whose keys are the author's names. */
export function dictionary(title: string, value: JsonSchema, rest: JsonSchema = {}): JsonSchema {
  return { type: 'object', title, additionalProperties: value, ...rest };
}

export function list(title: string, items: JsonSchema, rest: JsonSchema = {}): JsonSchema {
  return { type: 'array', title, items, ...rest };
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

/** No two of these keys together. */
export function exclusive(...keys: readonly string[]): readonly ExclusionSchema[] {
  return keys.flatMap((a, i) => keys.slice(i + 1).map((b): ExclusionSchema => ({ not: { required: [a, b] } })));
}
