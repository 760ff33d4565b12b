import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFiles, loadParser, type Manifest, renderDiagnostic } from '../../compiler/index.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { run } from '../../runtime/run/run.ts';
import { runExamples } from '../../runtime/run/run-examples.ts';
import { pageData, pageProject } from './page-project.ts';

interface Block {
  readonly section: string;
  readonly title: string;
  readonly yaml: string;
}

const markdown = readFileSync(new URL('../../docs/language.md', import.meta.url), 'utf8');

/** The file that a block of a section could be. */
const places: Readonly<Record<string, string>> = {
  Project: 'project.yml',
  'Raw models': 'models/raw/events.yml',
  'Clean and marts models': 'models/clean/example.yml',
  Metrics: 'metrics/page.yml',
  'Cohort forms': 'metrics/example.yml',
  Segments: 'segments/example.yml',
  'Tests that span models': 'tests/data/example.yml',
};

function blocksOf(): readonly Block[] {
  const blocks: Block[] = [];
  let section = '';
  let heading = '';
  for (const [, level, title, yaml] of markdown.matchAll(/^(##+) (.+)$|^```yaml\n([\s\S]*?)\n```$/gm)) {
    if (level === '##') section = title!;
    if (title !== undefined) heading = title;
    else blocks.push({ section, title: `${blocks.length + 1}, ${section}: ${heading}`, yaml: `${yaml!}\n` });
  }
  return blocks;
}

/** The block in the project of the page, in the place of what has the same name there. */
function layOver({ section, yaml }: Block): Readonly<Record<string, string>> {
  const project = { ...pageProject, [places[section]!]: yaml };
  const defined = /^(?:activities|cohorts):\n( {2}\w+:)/.exec(yaml)?.[1];
  if (defined !== undefined) {
    const lines = project['metrics/activities.yml']!.split('\n').filter((line) => !line.startsWith(defined));
    project['metrics/activities.yml'] = lines.join('\n');
  }
  if (section === 'Project' && !yaml.includes('user:')) {
    delete project['metrics/activities.yml'];
    delete project['segments/page.yml'];
  }
  // An exclusion that nothing uses is an error.
  if (yaml.includes('test_users:')) project['metrics/page.yml'] += 'exclude: [test_users]\n';
  return project;
}

function compile(texts: Readonly<Record<string, string>>): Manifest {
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.map((each) => renderDiagnostic(each, (path) => texts[path], { color: false }))).toEqual([]);
  return manifest!;
}

let folder: string;
beforeAll(async () => {
  await loadParser();
  folder = mkdtempSync(join(tmpdir(), 'etalon-page-'));
  for (const [path, text] of Object.entries(pageData)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds every model on an empty DuckDB, runs every data test and worked example. */
async function build(manifest: Manifest): Promise<readonly string[]> {
  const engine = await openEngine({ engine: 'duckdb', path: ':memory:', threads: 2, folders: [folder] });
  try {
    await engine.execute('create schema app');
    await engine.execute("create table app.events as select 'e1' as event_id, 'app_open' as event_name");
    const effects = { clock: () => '2025-06-01T00:00:00Z', emit: () => undefined, folder };
    const result = await run({ manifest, engine, effects, command: 'run', threads: 2 });
    const { results } = await runExamples({ manifest, engine });
    const verdicts = [...result.tests, ...result.steps.flatMap(({ tests }) => tests)];
    return [
      ...result.steps
        .filter(({ status }) => status !== 'built')
        .map(({ model, error, reason }) => `${model}: ${error ?? reason}`),
      ...verdicts.filter(({ status }) => status !== 'passed').map(({ test: name, message }) => `${name}: ${message}`),
      ...results
        .filter(({ status }) => status !== 'passed')
        .map(({ title, differences }) => `${title}: ${differences}`),
    ];
  } finally {
    await engine.close();
  }
}

/** What this version does not compute adds nothing to a build. */
const checkedOnly = new Set(['Cohort forms']);

const blocks = blocksOf();

test('the page has examples of every section', () => {
  expect([...new Set(blocks.map(({ section }) => section))].sort()).toEqual(Object.keys(places).sort());
});

test.each(blocks.map((block) => [block.title, block] as const))('%s', async (_, block) => {
  const manifest = compile(layOver(block));
  if (!checkedOnly.has(block.section)) expect(await build(manifest)).toEqual([]);
});
