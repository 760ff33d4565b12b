import { compileBenchmark } from './compile.ts';
import { identityBenchmark } from './identity.ts';
import { incrementalBenchmark } from './incremental.ts';
import { loadBenchmark } from './load.ts';
import type { Benchmark, Figure } from './measure.ts';
import { metricsBenchmark } from './metrics.ts';
import { overheadBenchmark, thousandModelsBenchmark } from './overhead.ts';
import { printFigures } from './print-figures.ts';
import { referenceBuildBenchmark } from './reference-build.ts';
import { segmentsBenchmark } from './segments.ts';
import { siteBenchmark } from './site.ts';
import { startUpBenchmark } from './start-up.ts';

const benchmarks: readonly Benchmark[] = [
  startUpBenchmark,
  compileBenchmark(1000),
  compileBenchmark(10_000),
  overheadBenchmark,
  thousandModelsBenchmark,
  referenceBuildBenchmark,
  loadBenchmark,
  identityBenchmark,
  incrementalBenchmark(1, ['duckdb', 'postgres']),
  incrementalBenchmark(10, ['duckdb', 'postgres']),
  incrementalBenchmark(30, ['duckdb']),
  metricsBenchmark(1, ['duckdb', 'postgres']),
  metricsBenchmark(10, ['duckdb', 'postgres']),
  segmentsBenchmark(200_000, ['duckdb', 'postgres']),
  segmentsBenchmark(10_000_000, ['duckdb', 'postgres']),
  siteBenchmark,
];

const asked = process.argv.slice(2).filter((word) => word !== '--');
const unknown = asked.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown !== undefined) {
  const names = benchmarks.map(({ name }) => name).join(', ');
  process.stderr.write(`no benchmark is named \`${unknown}\`; there are ${names}\n`);
  process.exit(2);
}
const figures: Figure[] = [];
let failed = false;
for (const { name, run } of benchmarks) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  try {
    figures.push(...(await run()));
  } catch (error) {
    // The others still have something to say.
    failed = true;
    process.stderr.write(`${name} failed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
process.stdout.write(printFigures(figures, new Date().toISOString().slice(0, 10)));
process.exit(failed ? 1 : 0);
