/** A property of an object in JSON with comments, by offsets. `end` is behind the value. */
interface Property {
  readonly key: string;
  readonly valueStart: number;
  readonly end: number;
}

interface ObjectSpan {
  readonly open: number;
  readonly close: number;
  readonly properties: readonly Property[];
  /** A comma stands behind the last property. */
  readonly trailingComma: boolean;
}

/** The text is no JSON with comments, or no object stands where one is wanted. */
export class JsoncError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsoncError';
  }
}

/**
 * Sets one property of an object, found by `path`, in JSON with comments; all else in the text stays as it is, comments and layout too.
 *
 * @example
 * setJsoncProperty('{ "a": 1 } // mine', ['b', 'c'], true) // '{ "a": 1, "b": {"c":true} } // mine' with line breaks
 */
export function setJsoncProperty(text: string, path: readonly string[], value: unknown): string {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  let at = skipBlank(text, 0);
  for (let depth = 0; ; depth += 1) {
    const object = scanObject(text, at);
    const key = path[depth]!;
    const found = object.properties.find((property) => property.key === key);
    const last = depth === path.length - 1;
    if (found && !last && text[found.valueStart] === '{') {
      at = found.valueStart;
      continue;
    }
    const wrapped = path.slice(depth + 1).reduceRight((inner: unknown, name) => ({ [name]: inner }), value);
    const written = JSON.stringify(wrapped, null, indent).replaceAll('\n', `\n${indent.repeat(depth + 1)}`);
    if (found) return text.slice(0, found.valueStart) + written + text.slice(found.end);
    return insertProperty(text, object, `${JSON.stringify(key)}: ${written}`, indent, depth);
  }
}

function insertProperty(text: string, object: ObjectSpan, property: string, indent: string, depth: number): string {
  const last = object.properties.at(-1);
  const from = last?.end ?? object.open + 1;
  const comma = last && !object.trailingComma ? ',' : '';
  const behind = text.slice(from, object.close).trimEnd();
  const line = `\n${indent.repeat(depth + 1)}${property}\n${indent.repeat(depth)}`;
  return `${text.slice(0, from)}${comma}${behind}${line}${text.slice(object.close)}`;
}

function scanObject(text: string, open: number): ObjectSpan {
  if (text[open] !== '{') throw new JsoncError(`an object is wanted at offset ${open}`);
  const properties: Property[] = [];
  let at = skipBlank(text, open + 1);
  let trailingComma = false;
  while (text[at] !== '}') {
    const keyEnd = skipString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const colon = skipBlank(text, keyEnd);
    if (text[colon] !== ':') throw new JsoncError(`a colon is wanted at offset ${colon}`);
    const valueStart = skipBlank(text, colon + 1);
    const end = skipValue(text, valueStart);
    properties.push({ key, valueStart, end });
    at = skipBlank(text, end);
    trailingComma = text[at] === ',';
    if (trailingComma) at = skipBlank(text, at + 1);
    else if (text[at] !== '}') throw new JsoncError(`a comma or \`}\` is wanted at offset ${at}`);
  }
  return { open, close: at, properties, trailingComma };
}

function skipValue(text: string, start: number): number {
  if (text[start] === '"') return skipString(text, start);
  if (text[start] === '{') return scanObject(text, start).close + 1;
  if (text[start] !== '[') {
    const word = /^[-+.\w]+/.exec(text.slice(start, start + 64));
    if (!word) throw new JsoncError(`a value is wanted at offset ${start}`);
    return start + word[0].length;
  }
  let at = skipBlank(text, start + 1);
  while (text[at] !== ']') {
    at = skipBlank(text, skipValue(text, at));
    if (text[at] === ',') at = skipBlank(text, at + 1);
    else if (text[at] !== ']') throw new JsoncError(`a comma or \`]\` is wanted at offset ${at}`);
  }
  return at + 1;
}

function skipString(text: string, start: number): number {
  const match = /^"(?:[^"\\\n]|\\.)*"/.exec(text.slice(start));
  if (!match) throw new JsoncError(`a quoted text is wanted at offset ${start}`);
  return start + match[0].length;
}

/** White space and comments. */
function skipBlank(text: string, start: number): number {
  const match = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(text.slice(start))!;
  return start + match[0].length;
}
