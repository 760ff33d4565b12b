import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, runHere } from '../project/run-etalon.ts';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string };
export const cliPath = join(repositoryRoot, 'dist', 'cli', 'main.js');

interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The program as a user has it: `npm test` builds first; whoever runs vitest alone gets a build where there is none. */
function requireBuild(): void {
  if (existsSync(cliPath)) return;
  spawnSync(process.execPath, [join(repositoryRoot, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  if (!existsSync(cliPath)) throw new Error('dist/cli/main.js is missing: npm run build');
}

/** No colour, no wish of the machine that runs the tests. */
function cleanEnv(env: SpawnOptions['env']): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env;
  const own = Object.entries({ PATH, HOME, TMPDIR, SystemRoot }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(own), ...env };
}

export function startCli(words: readonly string[], options: SpawnOptions = {}): ChildProcess {
  requireBuild();
  return spawn(process.execPath, [cliPath, ...words], { cwd: options.cwd ?? tmpdir(), env: cleanEnv(options.env) });
}

/** The program as a user has it, in a process of its own. */
export async function spawnCli(words: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const child = startCli(words, options);
  const chunks = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    chunks.out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    chunks.err += text;
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  if (code === null) throw new Error(`etalon ${words.join(' ')} was killed: ${chunks.err}`);
  return { code, ...chunks };
}

/** One command line, in this process: one of its own (`spawnCli`) takes ten times as long, and is for what only that can show. */
export function runCli(words: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return runHere(options.cwd ?? tmpdir(), words, cleanEnv(options.env), { version });
}

export interface TemporaryProject {
  readonly folder: string;
  write(path: string, text: string): void;
  remove(): void;
}

const files: Readonly<Record<string, string>> = {
  'project.yml': `project: tiny
language: 1
calendar: {timezone: Europe/Berlin}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
  prod: {engine: postgres, url_env: TINY_URL}
target: dev
`,
  'models/raw/orders.yml': `description: Orders as they arrive.
owner: shop
source: {files: data/orders-*.csv}
columns:
  order_id: {type: text, required: true}
  paid_at: timestamp
  country: text
  amount: decimal(12,2)
`,
  'models/marts/orders.yml': `description: One row per order.
owner: shop
key: order_id
time: paid_at
columns:
  order_id: text
  paid_at: timestamp
  country: {type: text, tests: [not_null]}
  amount: {type: "decimal(12,2)", tests: [{range: {min: 0}}]}
`,
  'models/marts/orders.sql': 'select order_id, paid_at, country, amount from raw.orders\n',
  'metrics/revenue.yml': `from: marts.orders
time: paid_at
by: [country]
owner: shop
metrics:
  orders: {is: count(*), description: Orders.}
  revenue:
    is: sum(amount)
    description: Money received.
    unit: EUR
    examples:
      - title: Two orders of a day
        given:
          marts.orders:
            - {order_id: a, paid_at: 2025-01-03T10:00:00Z, amount: 10}
            - {order_id: b, paid_at: 2025-01-03T11:00:00Z, amount: 2.50}
        by: [day]
        expect: [{day: 2025-01-03, revenue: 12.50}]
  aov: {is: revenue / orders, description: Money per order.}
`,
  'data/orders-1.csv': `order_id,paid_at,country,amount
1,2025-01-03T10:00:00Z,DE,10.00
2,2025-01-04T10:00:00Z,FR,20.50
3,2025-02-04T10:00:00Z,DE,abc
4,2025-02-05T10:00:00Z,DE,7.25
`,
};

/** A raw source, a mart, three metrics, one of them with an example: 3 good rows and one that cannot be read. */
export function createTinyProject(): TemporaryProject {
  const project = createFolder();
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  return project;
}

export function createFolder(): TemporaryProject {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-cli-'));
  return {
    folder,
    write: (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
