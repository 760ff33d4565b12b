import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

/** Why no browser can run here, or undefined. The binaries of `@sparticuz/chromium` are for Linux. */
export function noBrowserReason(): string | undefined {
  if (process.env.ETALON_CHROMIUM !== undefined || process.platform === 'linux') return undefined;
  return `npm has no Chromium for ${process.platform}; set ETALON_CHROMIUM to the path of one`;
}

/**
 * A headless Chromium that comes from npm alone and runs as root. `ETALON_CHROMIUM` names another binary. The caller
 * closes it.
 */
export async function openBrowser(): Promise<Browser> {
  const path = process.env.ETALON_CHROMIUM ?? (await unpackBrowser());
  try {
    return await launch(path);
  } catch (error) {
    if (!String(error).includes('shared libraries')) throw error;
    return launch(path, unpackLibraries());
  }
}

/** Not the package's own flags: they turn web security off, which is what the tests are to look at. */
function launch(executablePath: string, libraries?: string): Promise<Browser> {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    ...(libraries === undefined ? {} : { env: { ...Object.fromEntries(own), LD_LIBRARY_PATH: libraries } }),
  });
}

/**
 * Unpacked here and not by the package: two test processes at once would take the half-written file of one another for
 * the whole. A rename shows it only when it is complete.
 */
async function unpackBrowser(): Promise<string> {
  const path = join(unpackFolder(), 'chromium');
  if (existsSync(path)) return path;
  const partial = `${path}.${process.pid}`;
  await pipeline(
    createReadStream(join(packageFolder(), 'bin', 'chromium.br')),
    createBrotliDecompress(),
    createWriteStream(partial, { mode: 0o700 }),
  );
  renameSync(partial, path);
  return path;
}

/** NSS and its kin, for machines without them. */
function unpackLibraries(): string {
  const folder = join(unpackFolder(), `libraries.${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const script = `require('fs').createReadStream(process.argv[1]).pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)`;
  const tar = execFileSync(process.execPath, ['-e', script, join(packageFolder(), 'bin', 'al2023.tar.br')], {
    maxBuffer: 2 ** 28,
  });
  execFileSync('tar', ['-x', '-C', folder], { input: tar });
  return join(folder, 'lib');
}

function packageFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  return join(dirname(entry), '..', '..');
}

/** One folder per user: a shared one could hold somebody else's binary. */
function unpackFolder(): string {
  const folder = join(tmpdir(), `etalon-chromium-147-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
