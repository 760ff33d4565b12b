import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { validate } from '../schema/validate.ts';
import { parseYaml } from '../source/parse-yaml.ts';
import { readProject } from '../source/read-project.ts';
import type { Document } from '../source/source-file.ts';
import { define } from './define.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));

describe.skipIf(!existsSync(corpus))('projects of the corpus (skipped where ../shared/corpus is absent)', () => {
  test.each([
    ['semantics', 23, 60],
    ['metricflow', 44, 60],
  ])('every file of %s is accepted', (name, models, metrics) => {
    const { files, diagnostics } = readProject(corpus + name);
    expect(diagnostics).toEqual([]);
    const documents: Document[] = [];
    for (const file of files.filter(({ path }) => path.endsWith('.yml'))) {
      const parsed = parseYaml(file);
      expect(parsed.diagnostics, file.path).toEqual([]);
      const validated = validate(file.path, parsed.root!);
      expect(validated.diagnostics, file.path).toEqual([]);
      documents.push(validated.document!);
    }
    const defined = define(documents, files);
    expect(defined.diagnostics).toEqual([]);
    expect(defined.definitions?.models.length).toBeGreaterThanOrEqual(models);
    expect(defined.definitions?.metrics.length).toBeGreaterThanOrEqual(metrics);
  });
});
