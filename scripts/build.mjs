// Compiles TypeScript to dist/ and copies the files that the program reads at run time beside it.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root], {
  stdio: 'inherit',
  cwd: root,
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
for (const folder of ['docs-site/templates', 'docs-site/assets', 'docs-site/locales']) {
  if (existsSync(root + folder)) cpSync(root + folder, `${root}dist/${folder}`, { recursive: true });
}
if (existsSync(`${root}dist/cli/main.js`)) chmodSync(`${root}dist/cli/main.js`, 0o755);
