import { spawnSync } from 'node:child_process';
import { type Benchmark, cli, fastest } from './measure.ts';

export const startUpBenchmark: Benchmark = {
  name: 'start-up',
  run: async () => {
    const spawn = (...words: string[]) => fastest(20, () => spawnSync(process.execPath, words, { stdio: 'ignore' }));
    const floor = { what: 'bare Node', seconds: await spawn('-e', '0') };
    const help = await spawn(cli, '--help');
    const more = Math.round((help - floor.seconds) * 1000);
    return [
      { work: 'etalon --help', seconds: help, floor, note: `bare Node + ${more} ms`, target: 'bare Node + 60 ms' },
    ];
  },
};
