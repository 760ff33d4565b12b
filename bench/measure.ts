import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** How long something took, and how long processors worked on it: beside other work on the machine the second holds where the first does not. */
export interface Timing {
  readonly seconds: number;
  readonly cpuSeconds?: number;
}

/** One line of the table: what was measured, against what floor measured in the same run. */
export interface Figure extends Timing {
  readonly work: string;
  readonly floor?: Timing & { readonly what: string };
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
  return (await timed(work)).seconds;
}

/** Time and processor time, of this process with DuckDB in it and, where there is one, of a server. */
export async function timed(work: () => unknown, server?: { cpuSeconds(): number | undefined }): Promise<Timing> {
  const before = server?.cpuSeconds();
  const own = process.cpuUsage();
  const since = performance.now();
  await work();
  const seconds = (performance.now() - since) / 1000;
  const { user, system } = process.cpuUsage(own);
  const after = server?.cpuSeconds();
  if (server && (before === undefined || after === undefined)) return { seconds };
  return { seconds, cpuSeconds: (user + system) / 1e6 + (after ?? 0) - (before ?? 0) };
}

/** The quicker of two measurements of one thing, each figure for itself: a neighbour on the machine can only make one slower. */
export function best(timing: Timing, before: Timing | undefined): Timing {
  const cpu = [timing.cpuSeconds, before?.cpuSeconds].filter((seconds) => seconds !== undefined);
  return {
    seconds: Math.min(timing.seconds, before?.seconds ?? timing.seconds),
    ...(cpu.length > 0 ? { cpuSeconds: Math.min(...cpu) } : {}),
  };
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
