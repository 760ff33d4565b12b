import { expect, it } from 'vitest';
import { JsoncError, setJsoncProperty } from './edit-jsonc.ts';

it('keeps comments, layout and other settings', () => {
  const before = `{
  // mine
  "editor.tabSize": 4, /* four */
  "yaml.schemas": {
    "https://json.schemastore.org/x.json": ["x.yml"], // theirs
  },
}
`;
  const after = setJsoncProperty(before, ['yaml.schemas', './a.json'], 'models/*.yml');
  expect(after).toBe(`{
  // mine
  "editor.tabSize": 4, /* four */
  "yaml.schemas": {
    "https://json.schemastore.org/x.json": ["x.yml"], // theirs
    "./a.json": "models/*.yml"
  },
}
`);
  expect(setJsoncProperty(after, ['yaml.schemas', './a.json'], 'models/*.yml')).toBe(after);
});

it('replaces only the value', () => {
  expect(setJsoncProperty('{"a": {"b": [1, {"c": "}"}], "d": 2}}', ['a', 'b'], 3)).toBe('{"a": {"b": 3, "d": 2}}');
});

it('makes what is missing, with the indent that it finds', () => {
  expect(JSON.parse(setJsoncProperty('{}', ['a', 'b'], 1))).toEqual({ a: { b: 1 } });
  expect(setJsoncProperty('{\n\t"x": 1\n}\n', ['a', 'b'], 1)).toBe('{\n\t"x": 1,\n\t"a": {\n\t\t"b": 1\n\t}\n}\n');
  expect(setJsoncProperty('{\n  // nothing yet\n}\n', ['a'], 1)).toBe('{\n  // nothing yet\n  "a": 1\n}\n');
});

it('puts the comma before a comment that ends the line', () => {
  expect(setJsoncProperty('{\n  "x": 1 // one\n}', ['y'], 2)).toBe('{\n  "x": 1, // one\n  "y": 2\n}');
});

it('refuses what is no object', () => {
  for (const text of ['', '[]', '{"a" 1}', '{"a": 1 "b": 2}', '{"a": "open', '{', '{"a": }']) {
    expect(() => setJsoncProperty(text, ['x'], 1)).toThrow(JsoncError);
  }
});
