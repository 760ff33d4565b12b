import { openEngine } from '../../runtime/engine/open-engine.ts';
import { watchEngine } from '../conformance/watch-engine.ts';
import { runProject } from './crash-target.ts';

// A process that runs the project and kills itself, without a word to anybody, before its statement k.
const [kind, place = '', folder = '', k = ''] = process.argv.slice(2);
const engine = await openEngine(
  kind === 'duckdb' ? { engine: 'duckdb', path: place, threads: 2 } : { engine: 'postgres', url: place, threads: 2 },
);
let count = 0;
const watched = watchEngine(engine, {
  before: () => {
    count += 1;
    if (count === Number(k)) process.kill(process.pid, 'SIGKILL');
  },
});
const result = await runProject(watched, folder);
await engine.close();
process.exitCode = result.exitCode;
