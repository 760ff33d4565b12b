import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type Benchmark, type Figure, once, spawnEtalon } from './measure.ts';
import { withFolder } from './temporary-folder.ts';
import { writeGeneratedProject } from './write-generated-project.ts';

/** A process of its own each time, as a user has it: start-up, reading, checking, planning, writing the manifest. */
export function compileBenchmark(definitions: number): Benchmark {
  return {
    name: `compile-${definitions}`,
    run: () =>
      withFolder(async (folder): Promise<Figure[]> => {
        const { changed } = writeGeneratedProject(folder, definitions);
        const floor = { what: 'read the same files, parse their YAML', seconds: await once(() => readAll(folder)) };
        const size = definitions.toLocaleString('en-US');
        const [cold, idle, one] = definitions >= 10_000 ? ['5 s', '0.5 s', '0.8 s'] : ['0.7 s', undefined, undefined];
        const first = spawnEtalon(['compile', '--project', folder]);
        const again = spawnEtalon(['compile', '--project', folder]);
        appendFileSync(changed, '\n-- changed\n');
        const touched = spawnEtalon(['compile', '--project', folder]);
        const figure = (work: string, spawned: typeof first, target: string | undefined): Figure => ({
          work: `compile ${size}, ${work}`,
          seconds: spawned.seconds,
          peakMebibytes: spawned.peakMebibytes,
          floor,
          ...(target ? { target } : {}),
        });
        return [
          figure('cold', first, cold),
          figure('nothing changed', again, idle),
          figure('one file changed', touched, one),
        ];
      }),
  };
}

function readAll(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (path.startsWith('target')) continue;
    if (path.endsWith('.yml')) load(readFileSync(join(folder, path), 'utf8'));
    else if (path.endsWith('.sql')) readFileSync(join(folder, path), 'utf8');
  }
}
