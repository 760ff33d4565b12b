import type { YamlMapping, YamlNode, YamlScalar } from './source-file.ts';

/** A value as its author meant it: from the first to the last of its offsets. */
export interface CutValue {
  readonly start: number;
  readonly end: number;
}

/**
 * A plain value between braces that ends at a comma within its parentheses: YAML reads `{type: decimal(8,2)}` as `decimal(8` and a key `2)`. The first of a tree.
 */
export function findCutValue(node: YamlNode, text: string): CutValue | undefined {
  if (node.kind === 'scalar') return undefined;
  if (node.kind === 'sequence') return firstOf(node.items, (item) => findCutValue(item, text));
  return firstOf(node.entries, ({ value }, at) =>
    value.kind === 'scalar' ? cutScalar(value, node, at, text) : findCutValue(value, text),
  );
}

/** The same where the file is no YAML because of it, as `{is: coalesce(a, 'b')}` is: between a brace and the place where its parser gave up. */
export function findCutBefore(text: string, brace: number, end: number): CutValue | undefined {
  for (const match of text.slice(brace, end).matchAll(/[{,]\s*[\w-]+:[ \t]+(?=[^\s"'[{|>])/g)) {
    const start = brace + match.index + match[0].length;
    if (isOpen(text.slice(start, text.indexOf(',', start)))) return widen(text, start);
  }
  return undefined;
}

/** The value in quotes that hold it. */
export function quoteValue(text: string, { start, end }: CutValue): string {
  const value = text.slice(start, end);
  return /["\\]/.test(value) ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
}

function cutScalar(value: YamlScalar, { entries }: YamlMapping, at: number, text: string): CutValue | undefined {
  const next = entries[at + 1];
  if (value.quoted || !next || !isOpen(value.raw)) return undefined;
  const between = text.slice(value.span.end.offset, next.keySpan.start.offset);
  return /^\s*,\s*$/.test(between) ? widen(text, value.span.start.offset) : undefined;
}

function isOpen(text: string): boolean {
  return text.split('(').length > text.split(')').length;
}

/** Up to the comma or brace behind its last parenthesis; undefined where the parentheses do not close. */
function widen(text: string, start: number): CutValue | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (depth === 0 && (sign === ',' || sign === '}' || sign === '\n'))
      return { start, end: start + text.slice(start, at).trimEnd().length };
  }
  return undefined;
}

function firstOf<T, R>(items: readonly T[], find: (item: T, at: number) => R | undefined): R | undefined {
  for (const [at, item] of items.entries()) {
    const found = find(item, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
