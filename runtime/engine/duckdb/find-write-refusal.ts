import { EngineError } from '../engine.ts';

/** Why a file, or the lock beside it, cannot be written, by the system's code or words. */
const refusals: readonly (readonly [RegExp, 'read_only' | 'resources', string])[] = [
  [/EROFS|read-only file system/i, 'read_only', 'the file system is read-only'],
  [/EACCES|EPERM|permission denied|not permitted/i, 'read_only', 'permission denied for it or for its folder'],
  [/ENOSPC|EDQUOT/, 'resources', 'the disk is full'],
];

/** `said`: what the system says. Undefined: it says something else. */
export function findWriteRefusal(said: string, path: string): EngineError | undefined {
  const found = refusals.find(([pattern]) => pattern.test(said));
  if (found === undefined) return undefined;
  const hint =
    found[1] === 'resources' ? 'free some room, then run again' : 'a run writes the database and a lock file beside it';
  return new EngineError(found[1], `\`${path}\` cannot be written: ${found[2]}`, { hint });
}
