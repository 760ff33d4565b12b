import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EngineError, type FileToLoad } from '../engine.ts';

/** A file's bytes, unpacked where its name ends in `.gz`. */
export function openBytes(file: FileToLoad): Readable {
  const bytes = createReadStream(file.path, { highWaterMark: 1 << 20 });
  if (!file.path.endsWith('.gz')) return bytes;
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  bytes.on('error', (error) => unpacked.destroy(error));
  return bytes.pipe(unpacked);
}

/** A fault in reading a file, told with the file's name and without its absolute path. */
export function explainFile(error: unknown, file: FileToLoad): EngineError {
  if (error instanceof EngineError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const reason =
    code === 'ENOENT'
      ? 'there is no such file'
      : code?.startsWith('Z_')
        ? `it is not a whole gzip file: ${message}`
        : (code ?? message);
  return new EngineError('data', `\`${file.name}\` cannot be read: ${reason}`, { cause: error });
}

/** UTF-16 begins with one of these; nothing in such a file would be readable as UTF-8. */
export function refuseUtf16(first: Buffer, file: FileToLoad): void {
  const mark = first.length >= 2 ? first.readUInt16BE(0) : 0;
  if (mark === 0xfffe || mark === 0xfeff)
    throw new EngineError('data', `\`${file.name}\` is in UTF-16`, {
      hint: 'files are read as UTF-8: convert it, or export it so',
    });
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Chunks of a file without a byte order mark at its front. */
export async function* readChunks(file: FileToLoad): AsyncGenerator<Buffer> {
  let first = true;
  try {
    for await (const chunk of openBytes(file) as AsyncIterable<Buffer>) {
      if (first) refuseUtf16(chunk, file);
      yield first && chunk.subarray(0, 3).equals(byteOrderMark) ? chunk.subarray(3) : chunk;
      first = false;
    }
  } catch (error) {
    throw explainFile(error, file);
  }
}
