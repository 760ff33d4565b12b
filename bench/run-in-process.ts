import { compileProject, type Manifest } from '../compiler/index.ts';
import { openEngine } from '../runtime/engine/open-engine.ts';
import { run } from '../runtime/run/run.ts';
import type { RunResult } from '../runtime/run/run-types.ts';
import { type Timing, timed } from './measure.ts';

export async function getManifest(folder: string): Promise<Manifest> {
  const { manifest, diagnostics } = await compileProject(folder);
  if (!manifest) throw new Error(`the benchmark's project does not compile: ${diagnostics[0]?.message}`);
  return manifest;
}

/** A run without the process around it, connection not counted: what is measured is what a run adds to its SQL. */
export async function timeRun(
  folder: string,
  manifest: Manifest,
  /** A DuckDB file, or a PostgreSQL server. */
  target: string | { readonly url: string; cpuSeconds?(): number | undefined },
  threads: number,
): Promise<Timing & { readonly result: RunResult }> {
  const engine = await openEngine(
    typeof target === 'string'
      ? { engine: 'duckdb', path: target, threads, folders: [folder] }
      : { engine: 'postgres', url: target.url, threads },
  );
  try {
    let result: RunResult | undefined;
    const server = typeof target === 'string' ? undefined : { cpuSeconds: () => target.cpuSeconds?.() };
    const timing = await timed(async () => {
      const effects = { clock: () => new Date().toISOString(), emit: () => undefined, folder };
      result = await run({ manifest, engine, effects, command: 'run', threads });
    }, server);
    if (result!.exitCode !== 0) {
      const broken = result!.steps.find((step) => step.status === 'failed');
      throw new Error(`the run ended with ${result!.exitCode}: ${broken?.model} ${broken?.error ?? broken?.reason}`);
    }
    return { ...timing, result: result! };
  } finally {
    await engine.close();
  }
}
