import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSite, type SiteFile, writeSite } from '../docs-site/index.ts';
import { type Benchmark, once } from './measure.ts';
import { getManifest } from './run-in-process.ts';
import { withFolder } from './temporary-folder.ts';
import { writeGeneratedProject } from './write-generated-project.ts';

const definitions = 5000;

/** Every page of a large dictionary, drawn and written; then once more, with nothing changed. */
export const siteBenchmark: Benchmark = {
  name: 'site',
  run: () =>
    withFolder(async (folder) => {
      writeGeneratedProject(join(folder, 'project'), definitions);
      const manifest = await getManifest(join(folder, 'project'));
      const input = {
        manifest,
        builtAt: '2025-01-01T00:00:00Z',
        language: 'en',
        etalonVersion: manifest.etalon,
      } as const;
      let files: readonly SiteFile[] = [];
      const seconds = await once(async () => {
        files = await buildSite(input);
        await writeSite(files, join(folder, 'site'));
      });
      let written = -1;
      const again = await once(async () => {
        written = (await writeSite(await buildSite(input), join(folder, 'site'))).written;
      });
      const floor = {
        what: 'write files of the same bytes',
        seconds: await once(() => writePlain(files, join(folder, 'plain'))),
      };
      const size = `dictionary of ${definitions.toLocaleString('en-US')}`;
      return [
        { work: `${size}, ${files.length.toLocaleString('en-US')} files`, seconds, floor, target: '30 s' },
        { work: `${size}, nothing changed`, seconds: again, note: `${written} files written`, target: 'none written' },
      ];
    }),
};

function writePlain(files: readonly SiteFile[], folder: string): void {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
