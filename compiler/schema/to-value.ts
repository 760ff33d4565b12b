import type { YamlNode } from '../source/source-file.ts';

/** A tree as plain JSON values, as ajv reads them. Keys that could reach a prototype have been refused by then. */
export function toValue(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'sequence':
      return node.items.map(toValue);
    case 'mapping': {
      const value: Record<string, unknown> = {};
      for (const entry of node.entries) value[entry.key] = toValue(entry.value);
      return value;
    }
  }
}
