import fc from 'fast-check';
import { getScalarValue, parseEvents } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseYaml } from './parse-yaml.ts';
import type { YamlMapping, YamlNode, YamlScalar } from './source-file.ts';

function parse(text: string) {
  return parseYaml({ kind: 'source-file', path: 'a.yml', text });
}

function rootOf(text: string): YamlMapping {
  const { root, diagnostics } = parse(text);
  expect(diagnostics).toEqual([]);
  return root!;
}

function valueAt(text: string, ...keys: string[]): YamlNode {
  let node: YamlNode = rootOf(text);
  for (const key of keys) node = (node as YamlMapping).entries.find((entry) => entry.key === key)!.value;
  return node;
}

function firstError(text: string): [string, string, string] {
  const [found] = parse(text).diagnostics;
  return [found!.code, found!.message, `${found!.span!.start.line}:${found!.span!.start.column}`];
}

describe('values', () => {
  test.each([
    ['1', 1],
    ['0x1F', 31],
    ['-.5', -0.5],
    ['1e3', 1000],
    ['true', true],
    ['null', null],
    ['', null],
    ['yes', 'yes'],
    ['2025-01-03', '2025-01-03'],
    ['2025-01-03T10:00Z', '2025-01-03T10:00Z'],
    ["'1'", '1'],
    ['"a\\tb"', 'a\tb'],
    ['"\\u044f"', 'я'],
  ])('`%s` is read by the core schema', (raw, value) => {
    expect((valueAt(`a: ${raw}`, 'a') as YamlScalar).value).toBe(value);
  });

  test('a number keeps its digits', () => {
    expect(valueAt('a: 0.5000', 'a')).toMatchObject({ value: 0.5, raw: '0.5000', quoted: false });
  });

  test('an empty file and one of comments are empty mappings', () => {
    for (const text of ['', '\n\n', '# nothing\n', '---\n']) expect(rootOf(text).entries).toEqual([]);
  });
});

/** `line:column` of the start, and the text between start and end. */
function place(text: string, node: { span: YamlNode['span'] }): [string, string] {
  const { start, end } = node.span;
  return [`${start.line}:${start.column}`, text.slice(start.offset, end.offset)];
}

describe('places', () => {
  test.each([
    ['plain', 'a: count(*)', ['a'], '1:4', 'count(*)'],
    ['quoted', "a: 'x y'", ['a'], '1:5', 'x y'],
    ['empty', 'a:\nb: 1', ['a'], '1:3', ''],
    ['after Cyrillic and emoji', 'имя: {б: 👍, c: x}', ['имя', 'c'], '1:17', 'x'],
    ['after a tab', 'a:\tx', ['a'], '1:4', 'x'],
    ['CRLF', 'a: 1\r\nb: x\r\n', ['b'], '2:4', 'x'],
    ['byte order mark', '\ufeffa: x', ['a'], '1:4', 'x'],
    ['list', 'a: [1, 2 ] # c', ['a'], '1:4', '[1, 2 ]'],
    ['mapping over lines', 'a: {b: 1,\n  c: 2,\n }\nd: 1', ['a'], '1:4', '{b: 1,\n  c: 2,\n }'],
  ])('%s', (_, text, keys, at, slice) => {
    expect(place(text, valueAt(text, ...keys))).toEqual([at, slice]);
  });

  test.each([
    ['folded', 'is: >\n  sum(amount)\n  - sum(refunded)\n'],
    ['literal, indented, with CRLF', 'is: |\r\n    sum(amount)\r\n    - sum(refunded)\r\n'],
    ['plain over lines', 'is: sum(amount)\n  - sum(refunded)\n'],
    ['escaped', 'is: "sum(\\"amount\\") - sum(refunded)"\n'],
    ['single quotes doubled', "is: 'coalesce(''amount'') - sum(refunded)'\n"],
  ])('each character of a %s scalar is found in the file', (_, text) => {
    const node = valueAt(text, 'is') as YamlScalar;
    const at = node.raw.indexOf('refunded');
    const [start, end] = [node.offsets![at]!, node.offsets![at + 'refunded'.length]!];
    expect(text.slice(start, end)).toBe('refunded');
    expect(node.lineStarts?.[0]).toBe(0);
  });
});

describe('what is refused', () => {
  test.each([
    ['a: 1\na: 2', 'E1102', 'key `a` stands twice in the same place', '2:1'],
    ['a: {b: 1, b: 2}', 'E1102', 'key `b` stands twice in the same place', '1:11'],
    ['a: &x 1', 'E1103', 'anchor `&x`', '1:4'],
    ['b: *x', 'E1103', 'alias `*x`', '1:4'],
    ['a:\n  __proto__: {x: 1}', 'E1104', 'key `__proto__` is not allowed', '2:3'],
    ['constructor: 1', 'E1104', 'key `constructor` is not allowed', '1:1'],
    ['a: 1\n---\nb: 2', 'E1106', 'a second YAML document begins here', '2:1'],
    ['a: !!str 1', 'E1101', 'tag `!!str` is not read', '1:4'],
    ['a: b: c', 'E1101', 'this line does not fit the indentation or the value before it', '1:5'],
    ['a:\n\tb: 1', 'E1101', 'a tab in the indentation', '2:1'],
    ['a: [1, 2', 'E1101', '`[` is never closed', '1:4'],
    ['a: "x', 'E1101', '`"` is never closed', '1:4'],
    ["a: 'it''s\nb: 1\n", 'E1101', "`'` is never closed", '1:4'],
    ['a: {b: [1, 2], c: "}"\nd: 1\n', 'E1101', '`{` is never closed', '1:4'],
    ["a: don't # [\nb: |\n  x: '[\nc: [1,\nd: 2", 'E1101', '`[` is never closed', '4:4'],
    ['a: {max: %2}', 'E1101', 'a value cannot begin with `%`', '1:10'],
    ['a: {<<: 1}', 'E1103', 'merge key `<<`', '1:5'],
    ['a: [&x 1, *x, *x]', 'E1103', 'anchor `&x`', '1:5'],
    ['- a\n- b', 'E1201', 'expected keys with values, found a list', '1:1'],
    ['text', 'E1201', 'expected keys with values, found a single value', '1:1'],
    ['? [a]\n: 1', 'E1201', 'expected a name as key, found a collection', '1:3'],
    ['a: \u0000', 'E1101', 'a null byte', '1:4'],
  ])('%j', (text, code, message, at) => {
    expect(firstError(text)).toEqual([code, message, at]);
  });

  test('a repeated key names the place of the first', () => {
    expect(parse('a: 1\nb: 2\na: 3').diagnostics[0]!.hints).toEqual(['the first one is at a.yml:1:1']);
  });

  test('too deep a nesting, and an alias bomb in no time', () => {
    expect(firstError(`a: ${'['.repeat(100)}${']'.repeat(100)}`)[0]).toBe('E1105');
    const bomb = ['a0: &a0 x', ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)].join(
      '\n',
    );
    expect(new Set(parse(bomb).diagnostics.map(({ code }) => code))).toEqual(new Set(['E1103']));
  });
});

function scalarsOf(node: YamlNode): YamlScalar[] {
  if (node.kind === 'scalar') return [node];
  return node.kind === 'sequence'
    ? node.items.flatMap(scalarsOf)
    : node.entries.flatMap((entry) => scalarsOf(entry.value));
}

const piece = fc.constantFrom(
  'a',
  'b: ',
  'я',
  '👍',
  ' ',
  '  ',
  '\n',
  '\r\n',
  '\t',
  "'",
  '"',
  '\\n',
  '\\\n',
  '#',
  '- ',
  '{',
  '}',
  '[',
  ']',
  ',',
  ': ',
  '|\n',
  '>-\n',
  '>+\n',
  '1',
  '\u0301',
  '? ',
);

describe('any text', () => {
  test('never throws, and every place lies in the file', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = `x: ${pieces.join('')}`;
        const { root, diagnostics } = parse(text);
        expect(root === undefined).toBe(diagnostics.length > 0);
        const nodes = root ? scalarsOf(root) : [];
        for (const { span } of [...nodes, ...diagnostics.map((d) => ({ span: d.span! }))]) {
          expect(span.start.offset).toBeGreaterThanOrEqual(0);
          expect(span.end.offset).toBeGreaterThanOrEqual(span.start.offset);
          expect(span.end.offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a scalar has the text that js-yaml reads, and its offsets lead to it', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = `x: ${pieces.join('')}`;
        const { root } = parse(text);
        if (!root) return;
        const events = parseEvents(text, {});
        const expected = events.flatMap((event) => (event.type === 4 ? [getScalarValue(text, event)] : []));
        const keysAndValues = (node: YamlNode): string[] => {
          if (node.kind === 'scalar') return [node.raw];
          if (node.kind === 'sequence') return node.items.flatMap(keysAndValues);
          return node.entries.flatMap((entry) => [entry.key, ...keysAndValues(entry.value)]);
        };
        expect(keysAndValues(root)).toEqual(expected);
        for (const { raw, span, offsets } of scalarsOf(root)) {
          if (!offsets) expect(text.slice(span.start.offset, span.end.offset)).toBe(raw);
          for (const [i, offset] of (offsets ?? []).slice(0, -1).entries()) {
            const unit = raw[i]!;
            if (/[a-zя1{}[\],]/.test(unit) && text[offset] !== '\\') expect(text[offset]).toBe(unit);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a comma within parentheses, between braces', () => {
  const hintOf = (text: string) => parse(text).diagnostics[0]?.hints[0];

  test.each([
    ['a: {type: decimal(8,2), b: 1}', '"decimal(8,2)"'],
    ["a: {is: coalesce(x, 'none'), b: 1}", `"coalesce(x, 'none')"`],
    ['a: {is: coalesce(x, "none"), b: 1}', `'coalesce(x, "none")'`],
    ["a: {is: coalesce(x, 'it''s \"y\"') || z, b: 1}", `'coalesce(x, ''it''''s "y"'') || z'`],
    ['a: {b: {c: 1, is: round(sum(x) / count(*), 2)}}', '"round(sum(x) / count(*), 2)"'],
    ['a:\n  - {is: least(x, y)}', '"least(x, y)"'],
  ])('%s', (text, quoted) => {
    expect(firstError(text).slice(0, 2)).toEqual(['E1101', 'between braces a value ends at the first comma']);
    expect(hintOf(text)).toBe(`put it in quotes: \`${quoted}\``);
  });

  test.each([
    'a: {is: "coalesce(x, 1)", b: 1}',
    'a: {is: sum(amount), b: 1}',
    'a: coalesce(x, 1)',
    'a: [x (y, z)]',
    'a: {note: one (of two, b: 1}',
  ])('is not found in %s', (text) => {
    expect(parse(text).diagnostics).toEqual([]);
  });
});
