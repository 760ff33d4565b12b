import { documentKinds, schemaDefinitions } from './document-kinds.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * For editors: one schema per kind of file, by the kind's name (`marts-model`), draft-07, each with all that it refers to.
 */
export function jsonSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(
    documentKinds.map(({ type, schema }) => {
      const definitions = Object.fromEntries(
        [...reachable(schema)].sort().map((name) => [name, schemaDefinitions[name]!]),
      );
      const head = { $schema: 'http://json-schema.org/draft-07/schema#', $id: `etalon:${type}` };
      return [type, { ...head, ...schema, definitions }];
    }),
  );
}

function reachable(schema: JsonSchema, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(schema).matchAll(/"#\/definitions\/(\w+)"/g)) {
    if (found.has(name!)) continue;
    found.add(name!);
    reachable(schemaDefinitions[name!]!, found);
  }
  return found;
}
