import { expect, test } from 'vitest';
import { keyOfDictionary } from '../../cli/dictionary/key-of-dictionary.ts';
import { buildSite, type DictionaryInput } from '../../docs-site/index.ts';
import { textOf } from './open-site.ts';
import { sampleInput } from './sample-input.ts';

const target = { name: 'dev', engine: 'duckdb', path: 'target/sample.duckdb' } as const;
const input = sampleInput();

/** All pages as one text, without the lines that say when they were written. */
async function pagesAt(builtAt: string): Promise<string> {
  const files = await buildSite({ ...input, builtAt });
  return files
    .map((file) => `${file.path}\n${textOf(file)}`.replace(/(Written|was written,) \d[^<]*/g, '$1'))
    .join('\n');
}

test('between two instants with one key no page changes but for the line that says when it was written', async () => {
  const instants = Array.from({ length: 40 }, (_, at) => new Date(Date.UTC(2025, 6, 1, 9 + 5 * at)).toISOString());
  const keys = instants.map((builtAt) => keyOfDictionary({ ...input, builtAt }, target));
  expect(new Set(keys).size, 'the clock is seen, and not every tick of it').toBeGreaterThan(8);
  expect(new Set(keys).size).toBeLessThan(20);
  for (const [at, key] of keys.entries()) {
    if (at === 0 || key !== keys[at - 1]) continue;
    expect(await pagesAt(instants[at]!), instants[at]).toBe(await pagesAt(instants[at - 1]!));
  }
});

test('whatever else a page is made from makes another key', () => {
  const [metric, ...others] = input.manifest.metrics;
  const changed: readonly DictionaryInput[] = [
    { ...input, manifest: { ...input.manifest, metrics: [{ ...metric!, description: 'Another.' }, ...others] } },
    { ...input, history: { ...input.history!, runs: [] } },
    { ...input, values: input.values!.slice(1) },
    { ...input, exampleResults: [] },
    { ...input, metricRows: [] },
    { ...input, language: 'ru' },
    { ...input, overrides: { tokens: { accent: '#7a1f5c' } } },
    { ...input, etalonVersion: '0.1.1' },
  ];
  const keys = [input, ...changed].map((each) => keyOfDictionary(each, target));
  keys.push(keyOfDictionary(input, { ...target, name: 'other' }));
  expect(new Set(keys).size).toBe(keys.length);
  expect(keyOfDictionary(sampleInput(), target)).toBe(keys[0]);
});
