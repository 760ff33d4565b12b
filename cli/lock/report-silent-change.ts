import { diagnostic } from '../../compiler/diagnostic/diagnostic.ts';
import type { Diagnostic, Position, Severity, SourceFile, Span } from '../../compiler/index.ts';
import type { SilentChange } from './compare-lock.ts';

/** The change as a diagnostic at the name of what changed. */
export function reportSilentChange(change: SilentChange, files: readonly SourceFile[], severity: Severity): Diagnostic {
  const { name, was, is, how } = change;
  const message =
    how === 'moved'
      ? `the meaning of \`${name}\` changed and \`version: ${was.version}\` did not`
      : `\`${name}\` has version ${is.version}, and version ${was.version} was agreed on before`;
  const wanted = was.version + 1;
  const names = change.because.map((input) => `\`${input}\``).join(', ');
  return diagnostic('E1701', message, {
    severity,
    span: findNameSpan(change, files),
    hints: [
      ...(change.because.length > 0 ? [`it is computed from ${names}, whose meaning changed`] : []),
      `say what changed: \`version: ${wanted}\` and \`changes: {${wanted}: …}\`, then run \`etalon compile\` and commit etalon.lock`,
    ],
  });
}

/** Its key in its file. The manifest has no places, so it is looked up by its shape: an indented `name:`. */
function findNameSpan({ name, path }: SilentChange, files: readonly SourceFile[]): Span | undefined {
  const text = files.find((file) => file.path === path)?.text;
  const match = text === undefined ? null : new RegExp(`^([ \\t]+["']?)${name}["']?[ \\t]*:`, 'm').exec(text);
  if (text === undefined || !match) return undefined;
  const start = match.index + match[1]!.length;
  return { file: path, start: locate(text, start), end: locate(text, start + name.length) };
}

function locate(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { offset, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
