import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told from others of its number: on another machine, before a restart, in another container, or later on this machine. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** The machine's boot, where it has an id: a pid means nothing after a restart. */
  readonly boot: string;
  /** The space in which the pid counts, where it has an id: containers of one machine each begin at 1. */
  readonly space: string;
  /** The process's start in clock ticks since boot, where known: pids are used again. */
  readonly started: string;
}

/**
 * `gone`: this machine has no such process any more. `restarted`: the machine of that name was started anew since, or is another of the same name.
 * `elsewhere`: on another machine or in another container, where it cannot be looked at.
 */
export type Fate = 'running' | 'gone' | 'restarted' | 'elsewhere';

export function identifyProcess(): ProcessIdentity {
  const { pid } = process;
  return { pid, host: hostname(), boot: findBoot(), space: findSpace(), started: findStart(pid) };
}

export function findFate(known: Omit<ProcessIdentity, 'space'> & { readonly space?: string }): Fate {
  if (known.host !== hostname()) return 'elsewhere';
  if (known.boot !== findBoot()) return 'restarted';
  if (known.space !== undefined && known.space !== findSpace()) return 'elsewhere';
  if (!runs(known.pid)) return 'gone';
  return known.started === '' || known.started === findStart(known.pid) ? 'running' : 'gone';
}

function findBoot(): string {
  return read('/proc/sys/kernel/random/boot_id').trim();
}

function findSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Field 22 of /proc/PID/stat; the name before it may hold blanks and parentheses. */
function findStart(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
