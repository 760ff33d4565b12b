import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes by temporary file and rename, and only where the bytes differ, so that neither a reader nor a watcher sees more than happened. True where it wrote. */
export function writeFile(path: string, content: string | Uint8Array): boolean {
  if (holds(path, content)) return false;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return true;
}

function holds(path: string, content: string | Uint8Array): boolean {
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return readFileSync(path).equals(bytes);
  } catch {
    return false;
  }
}
