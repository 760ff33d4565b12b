import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Why no disk can be mounted here, or undefined. */
export function findMountObstacle(): string | undefined {
  if (process.platform !== 'linux') return `no tmpfs on ${process.platform}`;
  if (process.geteuid?.() !== 0) return 'only root can mount';
  const tried = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { encoding: 'utf8' });
  return tried.status === 0
    ? undefined
    : `this machine lets no disk be mounted: ${tried.stderr?.trim() || tried.error}`;
}

export interface SmallDisk {
  /** `size=200m`, `ro`. */
  remount(options: string): void;
  remove(): void;
}

function run(...words: readonly string[]): void {
  const { status, stderr } = spawnSync(words[0]!, words.slice(1), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
}

/** A disk of so many megabytes, in memory. */
export function mountDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder);
  return {
    remount: (options) => run('mount', '-o', `remount,${options}`, folder),
    remove: () => run('umount', '-l', folder),
  };
}
