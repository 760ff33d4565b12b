// Compiles TypeScript to dist/ and copies the files that the program reads at run time beside it. All of it is made in another folder first: where the types do not fit, dist/
// stays what it was, and no file of a module that is gone is left in it.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleProgram } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = `${root}.etalon/`;
const made = `${scratch}dist-${process.pid}`;
const replaced = `${scratch}dist-${process.pid}-replaced`;

const remove = (folder) => rmSync(folder, { recursive: true, force: true });

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** What builds left behind that were killed. */
function removeLeftovers() {
  for (const name of readdirSync(scratch)) {
    const pid = /^dist-(\d+)/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) remove(scratch + name);
  }
}

mkdirSync(scratch, { recursive: true });
removeLeftovers();
const tsc = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root, '--outDir', made], {
  stdio: 'inherit',
  cwd: root,
});
if (tsc.status === 0) {
  for (const folder of ['docs-site/templates', 'docs-site/assets', 'docs-site/locales']) {
    if (existsSync(root + folder)) cpSync(root + folder, `${made}/${folder}`, { recursive: true });
  }
  await bundleProgram(made);
  if (existsSync(`${made}/cli/main.js`)) chmodSync(`${made}/cli/main.js`, 0o755);
  if (existsSync(`${root}dist`)) renameSync(`${root}dist`, replaced);
  renameSync(made, `${root}dist`);
  remove(replaced);
} else {
  remove(made);
  const state = existsSync(`${root}dist`) ? 'dist/ is still that of the last build' : 'there is no dist/';
  process.stderr.write(`build: TypeScript has errors (above); ${state}\n`);
  process.exitCode = tsc.status ?? 1;
}
