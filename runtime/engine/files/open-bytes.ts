import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EngineError, type FileToLoad } from '../engine.ts';

/** A small file is held in memory while it is looked at: opening a stream costs more than reading it. */
const smallFile = 2 << 20;

/** A file's bytes without a byte order mark, from the front each time they are asked for. */
export interface FileBytes {
  readonly file: FileToLoad;
  /** All of them, where the file is small. */
  readonly whole: Buffer | undefined;
  readonly chunks: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** A file's bytes, unpacked where its name ends in `.gz`. */
function streamBytes(file: FileToLoad): Readable {
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
function refuseUtf16(first: Buffer, file: FileToLoad): void {
  const mark = first.length >= 2 ? first.readUInt16BE(0) : 0;
  if (mark === 0xfffe || mark === 0xfeff)
    throw new EngineError('data', `\`${file.name}\` is in UTF-16`, {
      hint: 'files are read as UTF-8: convert it, or export it so',
    });
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

function readFront(first: Buffer, file: FileToLoad): Buffer {
  refuseUtf16(first, file);
  return first.subarray(0, 3).equals(byteOrderMark) ? first.subarray(3) : first;
}

async function* readChunks(file: FileToLoad): AsyncGenerator<Buffer> {
  let first = true;
  try {
    for await (const chunk of streamBytes(file) as AsyncIterable<Buffer>) {
      yield first ? readFront(chunk, file) : chunk;
      first = false;
    }
  } catch (error) {
    throw explainFile(error, file);
  }
}

export function openBytes(file: FileToLoad): FileBytes {
  try {
    if (!file.path.endsWith('.gz') && statSync(file.path).size <= smallFile) {
      const whole = readFront(readFileSync(file.path), file);
      return { file, whole, chunks: () => [whole] };
    }
  } catch (error) {
    throw explainFile(error, file);
  }
  return { file, whole: undefined, chunks: () => readChunks(file) };
}
