import type { SourceFile } from '../../compiler/index.ts';

/**
 * A definition as its author wrote it: its line and those below that stand further in, without its examples, which a page shows by themselves. Undefined where the file is not there.
 *
 * @example
 * definitionText(files, { path: 'segments/shop.yml', line: 2 })
 */
export function definitionText(
  files: readonly SourceFile[],
  { path, line }: { readonly path: string; readonly line: number },
): string | undefined {
  const lines = files.find((file) => file.path === path)?.text.split(/\r?\n/);
  const first = lines?.[line - 1];
  if (!lines || first === undefined) return undefined;
  const depth = depthOf(first);
  const own = takeDeeper(lines.slice(line), depth);
  const inner = Math.min(...own.filter((text) => text.trim() !== '').map(depthOf));
  const examples = own.findIndex((text) => depthOf(text) === inner && /^\s*examples:/.test(text));
  const shown =
    examples < 0
      ? own
      : [...own.slice(0, examples), ...own.slice(examples + 1 + takeDeeper(own.slice(examples + 1), inner).length)];
  return [first, ...shown]
    .map((text) => text.slice(depth))
    .join('\n')
    .trimEnd();
}

function depthOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** Up to the first line that stands as far out as `depth`, or further. An empty line belongs to what it stands in. */
function takeDeeper(lines: readonly string[], depth: number): readonly string[] {
  const end = lines.findIndex((text) => text.trim() !== '' && depthOf(text) <= depth);
  return end < 0 ? lines : lines.slice(0, end);
}
