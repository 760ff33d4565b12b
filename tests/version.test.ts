import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileFiles, loadParser, version } from '../compiler/index.ts';
import { repositoryRoot, spawnCli } from './support/cli.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

describe('the version of Etalon', () => {
  it('is that of the package, its lock, the program and every manifest', async () => {
    expect(version).toBe(JSON.parse(read('package.json')).version);
    expect(JSON.parse(read('package-lock.json')).version).toBe(version);
    expect((await spawnCli(['--version'])).out).toBe(`${version}\n`);
    await loadParser();
    const text = 'project: tiny\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: tiny.duckdb}}\ntarget: dev\n';
    const { manifest } = compileFiles([{ kind: 'source-file', path: 'project.yml', text }]);
    expect(manifest?.etalon).toBe(version);
  });
});
