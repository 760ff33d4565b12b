// Puts the program and all that it imports of ours into few files: a command loads some hundred modules otherwise, and to find, open and link them takes longer than to run them.
import { existsSync, writeFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { rolldown } from 'rolldown';

/** Modules stay where they were in the eyes of their own code: what lies beside one is still found there. All files of the bundle lie in one folder, so the way there is the same from each. */
const keepPlace = (folder) => ({
  name: 'keep-place',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null;
    const way = relative(folder, id).replaceAll('\\', '/');
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(way)}, import.meta.url).href`);
  },
});

/** `dist/cli/main.js` becomes a line that loads `dist/cli/bundled/main.js`; packages are loaded as before. */
export async function bundleProgram(dist) {
  const main = `${dist}/cli/main.js`;
  if (!existsSync(main)) return;
  const folder = `${dist}/cli/bundled`;
  const bundle = await rolldown({
    cwd: dist,
    input: { main },
    platform: 'node',
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    plugins: [keepPlace(folder)],
  });
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
  writeFileSync(main, "#!/usr/bin/env node\nimport './bundled/main.js';\n");
}
