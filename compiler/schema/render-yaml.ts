import { resolveScalar } from '../source/resolve-scalar.ts';

/** Plain values as YAML in the style of the documents: the outer keys as a block, what fits a line in braces. */
export function renderYaml(value: unknown, width = 110): string {
  const flow = renderFlow(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return flow;
  return Object.entries(value)
    .map(([key, inner]) => renderEntry(key, inner, '', width))
    .join('\n');
}

function renderEntry(key: string, value: unknown, indent: string, width: number): string {
  const head = `${indent}${renderFlow(key)}:`;
  if (value === null) return head;
  const line = `${head} ${renderFlow(value)}`;
  const nested = typeof value === 'object' && Object.keys(value).length > 0;
  if (!nested || (indent !== '' && line.length <= width)) return line;
  if (Array.isArray(value)) {
    if (line.length <= width) return line;
    return [head, ...value.map((item) => `${indent}  - ${renderFlow(item)}`)].join('\n');
  }
  const entries = Object.entries(value);
  const simple = entries.every(([, inner]) => typeof inner !== 'object' || inner === null);
  if (simple && line.length <= 60) return line;
  return [head, ...entries.map(([name, inner]) => renderEntry(name, inner, `${indent}  `, width))].join('\n');
}

/** A value within one line. */
export function renderFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${renderFlow(key)}: ${renderFlow(inner)}`)
      .join(', ')}}`;
  }
  if (typeof value !== 'string') return String(value);
  // A JSON string is a double-quoted scalar of YAML.
  return isPlain(value) ? value : JSON.stringify(value);
}

/** Whether a text is read back as itself without quotes, also inside brackets. */
function isPlain(text: string): boolean {
  const safe = /^[^\s,[\]{}#&*!|>'"%@`?-][^,[\]{}#\n]*$/.test(text) && !/: |:$|\s$/.test(text);
  return safe && resolveScalar(text) === text;
}
