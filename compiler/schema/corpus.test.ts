import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../source/parse-yaml.ts';
import { readProject } from '../source/read-project.ts';
import { validate } from './validate.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));

describe.skipIf(!existsSync(corpus))('projects of the corpus (skipped where ../shared/corpus is absent)', () => {
  test.each(['semantics', 'metricflow'])('every file of %s is accepted', (name) => {
    const { files, diagnostics } = readProject(corpus + name);
    expect(diagnostics).toEqual([]);
    const yaml = files.filter(({ path }) => path.endsWith('.yml'));
    expect(yaml.length).toBeGreaterThan(30);
    for (const file of yaml) {
      const parsed = parseYaml(file);
      expect(parsed.diagnostics, file.path).toEqual([]);
      expect(validate(file.path, parsed.root!).diagnostics, file.path).toEqual([]);
    }
  });
});
