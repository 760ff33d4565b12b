import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** One line of the table: what was measured, against what floor measured in the same run. */
export interface Figure {
  readonly work: string;
  readonly seconds: number;
  readonly floor?: { readonly what: string; readonly seconds: number };
  /** Of the process, where it was one of its own. */
  readonly peakMebibytes?: number;
  /** `1.2 M rows/s`, `11 ms a model`: the figure that the target speaks of. */
  readonly note?: string;
  /** From design: what it should be. */
  readonly target?: string;
}

export interface Benchmark {
  readonly name: string;
  readonly run: () => Promise<readonly Figure[]>;
}

/** The fastest of several runs: a neighbour on the machine can only make one slower. */
export async function fastest(times: number, work: () => unknown): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < times; i += 1) seconds.push(await once(work));
  return Math.min(...seconds);
}

export async function once(work: () => unknown): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}

export const cli = fileURLToPath(new URL('../cli/main.js', import.meta.url));

export interface SpawnedFigure {
  readonly seconds: number;
  readonly peakMebibytes: number;
  readonly out: string;
}

const reporter = `process.on('exit', () => process.stderr.write('\\nPEAK ' + process.resourceUsage().maxRSS + '\\n'))`;

/** Runs the program in a process of its own: wall time from spawn to exit, and the most memory it held. */
export function spawnEtalon(words: readonly string[], cwd?: string): SpawnedFigure {
  const since = performance.now();
  const found = spawnSync(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(reporter)}`, cli, ...words],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      ...(cwd ? { cwd } : {}),
    },
  );
  const seconds = (performance.now() - since) / 1000;
  if (found.status !== 0)
    throw new Error(`etalon ${words.join(' ')} ended with ${found.status}:\n${found.stderr.slice(-2000)}`);
  const kibibytes = Number(/PEAK (\d+)/.exec(found.stderr)?.[1] ?? 0);
  return { seconds, peakMebibytes: kibibytes / 1024, out: found.stdout };
}

export function describeMachine(): string {
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${memory}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}
