import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes by temporary file and rename, and only where the bytes differ, so that neither a reader nor a watcher sees more than happened. Parts follow one another. True where it
 * wrote.
 */
export function writeFile(path: string, content: string | readonly Uint8Array[]): boolean {
  const parts = typeof content === 'string' ? [Buffer.from(content)] : content;
  if (holds(path, parts)) return false;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeParts(temporary, parts);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return true;
}

function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, 'w');
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
    }
  } finally {
    closeSync(file);
  }
}

function holds(path: string, parts: readonly Uint8Array[]): boolean {
  try {
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    if (statSync(path).size !== size) return false;
    let rest = readFileSync(path);
    for (const part of parts) {
      if (!rest.subarray(0, part.length).equals(part)) return false;
      rest = rest.subarray(part.length);
    }
    return true;
  } catch {
    return false;
  }
}
