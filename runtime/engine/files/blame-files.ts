import { EngineError, type FileToLoad } from '../engine.ts';

/** A fault of DuckDB in reading files is theirs: of the one that it names, else of all that it was reading. */
export function blameFiles(error: unknown, files: readonly FileToLoad[]): unknown {
  if (!(error instanceof EngineError) || !['data', 'sql', 'unreachable'].includes(error.kind)) return error;
  const named = files.find(({ path }) => error.mentions(path));
  const message = named === undefined ? error.message : error.message.replaceAll(named.path, named.name);
  const blamed = named ?? (files.length === 1 ? files[0] : undefined);
  const what = blamed === undefined ? describeFiles(files) : `\`${blamed.name}\``;
  return new EngineError('data', `${what} cannot be read: ${message}`, { cause: error });
}

/** Many files in the order in which they are read. */
export function describeFiles(files: readonly FileToLoad[]): string {
  const first = `\`${files[0]?.name}\``;
  return files.length === 1 ? first : `one of ${files.length} files from ${first} to \`${files.at(-1)?.name}\``;
}
