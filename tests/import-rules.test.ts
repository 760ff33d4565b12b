import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** A room of docs/architecture.md. `types` may be imported by `import type` only. Every room may import itself. */
interface Room {
  readonly folder: string;
  readonly may: readonly string[] | 'anything';
  readonly types?: readonly string[];
  readonly packages: readonly string[];
  /** Node's own modules that do no I/O are open to all; those listed here are the ones that do. */
  readonly node?: readonly string[];
}

/** What every compiler room speaks in: places, files, diagnostics. */
const words = ['compiler/diagnostic', 'compiler/source'];
const compilerRooms = [
  'diagnostic',
  'source',
  'schema',
  'definition',
  'expression',
  'template',
  'graph',
  'plan',
  'dialect',
  'kept',
];

/** The longest folder that a file stands in decides. `compiler` is the files directly in it. */
const rooms: readonly Room[] = [
  { folder: 'compiler/diagnostic', may: [], packages: [] },
  { folder: 'compiler/source', may: ['compiler/diagnostic'], packages: ['js-yaml'], node: ['node:fs', 'node:path'] },
  { folder: 'compiler/schema', may: words, packages: ['ajv'] },
  { folder: 'compiler/definition', may: ['compiler/schema', ...words], packages: [] },
  { folder: 'compiler/expression', may: words, packages: ['libpg-query'] },
  { folder: 'compiler/template', may: words, packages: ['handlebars'] },
  {
    folder: 'compiler/graph',
    may: ['compiler/definition', 'compiler/expression', 'compiler/template', ...words],
    packages: [],
  },
  {
    folder: 'compiler/plan',
    may: ['compiler/graph', 'compiler/definition', 'compiler/expression', ...words],
    packages: [],
  },
  {
    folder: 'compiler/dialect',
    may: ['compiler/plan', 'compiler/expression', ...words],
    // A value is quoted and a column made by its type in the language.
    types: ['compiler/definition/type-name.ts'],
    packages: ['libpg-query'],
  },
  { folder: 'compiler/kept', may: words, types: ['compiler/manifest-types.ts'], packages: [] },
  { folder: 'compiler', may: compilerRooms.map((room) => `compiler/${room}`), packages: [] },
  {
    folder: 'runtime/engine',
    may: ['compiler/index.ts'],
    packages: ['pg', 'pg-copy-streams', '@duckdb/node-api'],
    node: [
      'node:fs',
      'node:fs/promises',
      'node:module',
      'node:os',
      'node:path',
      'node:stream',
      'node:stream/promises',
      'node:timers/promises',
      'node:zlib',
    ],
  },
  {
    folder: 'runtime/state',
    may: ['runtime/engine', 'compiler/index.ts'],
    packages: [],
  },
  { folder: 'runtime/schedule', may: ['compiler/index.ts'], packages: [] },
  {
    folder: 'runtime/run',
    may: ['runtime/engine', 'runtime/state', 'runtime/schedule', 'compiler/index.ts'],
    packages: [],
    // The host's name says who holds a target.
    node: ['node:fs', 'node:fs/promises', 'node:path', 'node:os'],
  },
  {
    folder: 'runtime/upkeep',
    may: ['runtime/engine', 'runtime/state', 'runtime/schedule', 'runtime/run', 'compiler/index.ts'],
    packages: [],
    // Files of sources are read again; the host's name says who holds a target.
    node: ['node:fs', 'node:path', 'node:os'],
  },
  {
    folder: 'runtime/segments',
    may: ['runtime/engine', 'runtime/state', 'runtime/schedule', 'runtime/run', 'compiler/index.ts'],
    packages: [],
  },
  {
    folder: 'runtime/export',
    may: ['runtime/engine', 'runtime/state', 'runtime/schedule', 'runtime/run', 'compiler/index.ts'],
    packages: [],
    node: ['node:timers/promises'],
  },
  {
    folder: 'runtime',
    may: [
      'runtime/engine',
      'runtime/state',
      'runtime/schedule',
      'runtime/run',
      'runtime/segments',
      'runtime/upkeep',
      'runtime/export',
      'compiler/index.ts',
    ],
    packages: [],
  },
  {
    folder: 'docs-site',
    may: [],
    types: ['compiler/index.ts', 'runtime/state/history-types.ts', 'runtime/run/run-types.ts'],
    packages: [
      'handlebars',
      'd3-array',
      'd3-scale',
      'd3-shape',
      'markdown-it',
      '@hpcc-js/wasm-graphviz',
      'highlight.js',
      'minisearch',
      'js-yaml',
    ],
    node: ['node:fs', 'node:fs/promises', 'node:path', 'node:http', 'node:module', 'node:os'],
  },
  {
    folder: 'cli',
    may: ['compiler', 'runtime', 'docs-site', 'cli'],
    packages: ['commander', 'picocolors', 'chokidar'],
    node: ['node:*'],
  },
  {
    // The generator of the reference project's raw files writes Parquet too.
    folder: 'cli/storefront',
    may: ['cli', 'compiler/index.ts', 'runtime'],
    packages: ['@duckdb/node-api'],
    node: ['node:*'],
  },
  { folder: 'bench', may: 'anything', packages: ['*'], node: ['node:*'] },
  { folder: 'tests', may: 'anything', packages: ['*'], node: ['node:*'] },
];

/** Node's modules that neither read nor write anything outside the process. */
const pureNode = new Set(['node:crypto', 'node:url', 'node:util', 'node:buffer', 'node:path/posix', 'node:events']);
/** Packages that carry types alone, erased by the build. */
const typePackages = new Set(['@pgsql/types', '@types/node', 'libpg-query', 'vitest']);

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  /** `import()` inside a function: a room's right to it counts, a cycle through it does not. */
  readonly lazy: boolean;
  readonly line: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const topFolders = ['compiler', 'runtime', 'docs-site', 'cli', 'bench', 'tests'];

function readTree(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('docs-site/assets/') && !path.includes('/fixtures/'));
}

/** Blanks out comments, so that an example in one is not taken for code; lines keep their numbers. */
function stripComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ');
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, blank).replace(/^[ \t]*\/\/.*$/gm, blank);
}

function parseImports(text: string): Import[] {
  const found: Import[] = [];
  const add = (match: RegExpMatchArray, module: string, typeOnly: boolean, lazy: boolean) => {
    // `{ posix }` of node:path is the same on every machine; the rest of it is not.
    const from = module === 'node:path' && /\{\s*posix\s*\}/.test(match[0]) ? 'node:path/posix' : module;
    found.push({ from, typeOnly, lazy, line: text.slice(0, match.index).split('\n').length });
  };
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]/gm)) {
    add(match, match[2]!, match[1] !== undefined, false);
  }
  for (const match of text.matchAll(/^import\s*['"]([^'"]+)['"]/gm)) add(match, match[1]!, false, false);
  for (const match of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) add(match, match[1]!, false, true);
  return found;
}

const files = topFolders.flatMap(readTree).sort();
const sources = new Map(files.map((path) => [path, stripComments(readFileSync(join(root, path), 'utf8'))]));
const imports = new Map([...sources].map(([path, text]) => [path, parseImports(text)]));

const isTest = (path: string) => path.endsWith('.test.ts');
const production = files.filter((path) => !isTest(path));

function getRoom(path: string): Room {
  const within = rooms.filter((room) => path.startsWith(`${room.folder}/`));
  const room = within.sort((a, b) => b.folder.length - a.folder.length)[0];
  if (!room) throw new Error(`${path} stands in no room of the table`);
  return room;
}

const covers = (allowed: string, path: string) => path === allowed || path.startsWith(`${allowed}/`);
const resolveImport = (path: string, from: string) => join(dirname(path), from).replaceAll('\\', '/');

/** Why an import is against the table, or undefined. */
function findOffence(path: string, used: Import): string | undefined {
  const room = getRoom(path);
  const where = `${path}:${used.line}`;
  if (used.from.startsWith('.')) {
    const target = resolveImport(path, used.from);
    if (!sources.has(target)) return `${where} imports \`${used.from}\`, which is no file of the tree`;
    if (room.may === 'anything' || getRoom(target) === room) return undefined;
    const allowed = used.typeOnly ? [...room.may, ...(room.types ?? [])] : room.may;
    if (allowed.some((folder) => covers(folder, target))) return undefined;
    return `${where}: \`${room.folder}\` may not import ${used.typeOnly ? 'types of ' : ''}\`${target}\``;
  }
  if (used.from.startsWith('node:')) {
    const allowed = room.node ?? [];
    if (pureNode.has(used.from) || allowed.includes('node:*') || allowed.includes(used.from)) return undefined;
    return `${where}: \`${room.folder}\` may not use \`${used.from}\``;
  }
  const name = used.from
    .split('/')
    .slice(0, used.from.startsWith('@') ? 2 : 1)
    .join('/');
  if (room.packages.includes('*') || room.packages.includes(name)) return undefined;
  if (used.typeOnly && typePackages.has(name)) return undefined;
  return `${where}: \`${room.folder}\` may not use the package \`${name}\``;
}

/** One cycle through imports that stay after the build, as a path, or undefined. */
function findCycle(graph: ReadonlyMap<string, readonly Import[]>): string[] | undefined {
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (state.get(file) === 'done') return undefined;
    if (state.get(file) === 'open') return [...path.slice(path.indexOf(file)), file];
    state.set(file, 'open');
    path.push(file);
    for (const used of graph.get(file) ?? []) {
      if (used.typeOnly || used.lazy || !used.from.startsWith('.')) continue;
      const cycle = visit(resolveImport(file, used.from));
      if (cycle) return cycle;
    }
    path.pop();
    state.set(file, 'done');
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return undefined;
}

/** `path:line` of each line of `paths` that matches. */
function findLines(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    sources
      .get(path)!
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
  );
}

describe('the import table', () => {
  it('sees the tree and its imports', () => {
    expect(production.length).toBeGreaterThan(20);
    expect([...imports.values()].flat().length).toBeGreaterThan(30);
  });

  it('allows every import of every room', () => {
    const offences = production.flatMap((path) => imports.get(path)!.flatMap((used) => findOffence(path, used) ?? []));
    expect(offences).toEqual([]);
  });

  it('finds a planted offence of each kind', () => {
    const used = (from: string, typeOnly = false): Import => ({ from, typeOnly, lazy: false, line: 1 });
    expect(findOffence('compiler/diagnostic/codes.ts', used('../source/source-file.ts', true))).toContain('may not');
    expect(findOffence('compiler/diagnostic/codes.ts', used('ajv'))).toContain('package `ajv`');
    expect(findOffence('compiler/diagnostic/codes.ts', used('node:fs'))).toContain('`node:fs`');
    expect(findOffence('docs-site/page.ts', used('../compiler/index.ts'))).toContain('may not import');
    expect(findOffence('docs-site/page.ts', used('../compiler/index.ts', true))).toBeUndefined();
    expect(findOffence('runtime/run/run.ts', used('../../compiler/manifest-types.ts'))).toContain('may not');
    expect(findOffence('cli/main.ts', used('./nowhere.ts'))).toContain('no file');
  });

  it('has no cycle by value', () => {
    expect(findCycle(imports)).toBeUndefined();
  });

  it('finds a planted cycle, and none through types or lazy imports', () => {
    const edge = (from: string, over: Partial<Import> = {}): Import[] => [
      { from, typeOnly: false, lazy: false, line: 1, ...over },
    ];
    const graph = (back: Partial<Import>) =>
      new Map([
        ['x/a.ts', edge('./b.ts')],
        ['x/b.ts', edge('./a.ts', back)],
      ]);
    expect(findCycle(graph({}))).toEqual(['x/a.ts', 'x/b.ts', 'x/a.ts']);
    expect(findCycle(graph({ typeOnly: true }))).toBeUndefined();
    expect(findCycle(graph({ lazy: true }))).toBeUndefined();
  });

  it('reads imports of every shape', () => {
    const text = "import type { A } from './a.ts';\nimport { type B, b } from './b.ts';\nimport './c.ts';\n";
    const more = "export {\n  d,\n} from './d.ts';\nexport type * from './e.ts';\nconst f = () => import('./f.ts');\n";
    const parsed = parseImports(stripComments(`// import './no.ts'\n/** import './no.ts' */\n${text}${more}`));
    expect(parsed.map((used) => used.from).sort()).toEqual([
      './a.ts',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
      './f.ts',
    ]);
    expect(parsed.filter((used) => used.typeOnly).map((used) => used.from)).toEqual(['./a.ts', './e.ts']);
    expect(parsed.filter((used) => used.lazy).map((used) => used.from)).toEqual(['./f.ts']);
  });
});

describe('habits that can be read off a line', () => {
  it('has named exports only', () => {
    expect(findLines(files, /^export default\b|^export\s*\{[^}]*\bas default\b/)).toEqual([]);
  });

  it('has neither enum nor namespace', () => {
    expect(findLines(files, /^\s*(export\s+)?(declare\s+)?(const\s+)?(enum|namespace)\s+\w+/)).toEqual([]);
  });

  it('holds no instant in a Date and reads no clock in compiler and runtime', () => {
    const pure = production.filter((path) => /^(compiler|runtime)\//.test(path));
    expect(findLines(pure, /\bnew Date\(|\bDate\.(now|parse|UTC)\(/)).toEqual([]);
  });

  it('reads arguments and environment in the command line alone', () => {
    const others = production.filter((path) => /^(compiler|runtime|docs-site)\//.test(path));
    expect(findLines(others, /\bprocess\.(argv|env|cwd\(|exit\()/)).toEqual([]);
  });

  it('names no file `utils`, `helpers`, `common` or `manager`', () => {
    // Handlebars calls a function that a template may call a helper; there the word says what is inside.
    const vague = files.filter((path) => /(^|[/-])(utils?|helpers?|common|manager)\.ts$/.test(path));
    expect(vague.filter((path) => path !== 'compiler/template/sql-helpers.ts')).toEqual([]);
  });

  it('leaves no test focused', () => {
    const focused = new RegExp(`\\b(it|test|describe|suite)(\\.\\w+)*\\.${'only'}\\b`);
    expect(findLines(files.filter(isTest), focused)).toEqual([]);
    expect(focused.test(`it.${'only'}('x')`)).toBe(true);
  });
});
