import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../source/parse-yaml.ts';
import { documentKinds, schemaDefinitions } from './document-kinds.ts';
import type { JsonSchema } from './json-schema.ts';
import { renderReference } from './render-reference.ts';
import { validate } from './validate.ts';

const page = fileURLToPath(new URL('../../docs/language.md', import.meta.url));

test('docs/language.md is what the schemas say', async () => {
  await expect(renderReference()).toMatchFileSnapshot(page);
});

/** YAML blocks of the page with the file that each could be: by the `##` heading above. */
function blocksOf(markdown: string): { heading: string; yaml: string; path: string }[] {
  const paths: Readonly<Record<string, string>> = {
    Project: 'project.yml',
    'Raw models': 'models/raw/a.yml',
    'Clean and marts models': 'models/marts/a.yml',
    Metrics: 'metrics/a.yml',
    'Cohort forms': 'metrics/a.yml',
    Segments: 'segments/a.yml',
    'Tests that span models': 'tests/data/a.yml',
  };
  const blocks: { heading: string; yaml: string; path: string }[] = [];
  let section = '';
  let heading = '';
  for (const [, level, title, yaml] of markdown.matchAll(/^(##+) (.+)$|^```yaml\n([\s\S]*?)\n```$/gm)) {
    if (level === '##') section = title!;
    if (title !== undefined) heading = title;
    else blocks.push({ heading: `${section}, ${heading}`, yaml: yaml!, path: paths[section]! });
  }
  return blocks;
}

const blocks = blocksOf(renderReference());

test('the page has examples', () => {
  expect(blocks.length).toBeGreaterThan(30);
});

test.each(blocks)('the example under $heading is accepted', ({ yaml, path }) => {
  const parsed = parseYaml({ kind: 'source-file', path, text: yaml });
  expect(parsed.diagnostics).toEqual([]);
  expect(validate(path, parsed.root!).diagnostics).toEqual([]);
});

/** Every key of every schema, with the path to it. */
function* keysOf(schema: JsonSchema, path: string): Generator<[string, JsonSchema]> {
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    yield [`${path}.${key}`, value];
    yield* keysOf(value, `${path}.${key}`);
  }
  const below = [
    ...(schema.anyOf ?? []),
    ...(schema.items ? [schema.items] : []),
    ...(schema.additionalProperties ? [schema.additionalProperties] : []),
  ];
  for (const value of below) yield* keysOf(value, path);
}

describe('every key is explained', () => {
  const roots = [
    ...documentKinds.map(({ type, schema }) => [type, schema] as const),
    ...Object.entries(schemaDefinitions),
  ];
  test.each(roots)('in %s', (name, schema) => {
    for (const [path, { description, examples }] of keysOf(schema, name)) {
      expect(description?.length ?? 0, path).toBeGreaterThan(3);
      expect(examples?.length ?? 0, path).toBeGreaterThan(0);
    }
  });
});
