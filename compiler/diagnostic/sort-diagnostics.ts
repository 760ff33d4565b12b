import type { Diagnostic } from './diagnostic.ts';

/** By file and place, errors and warnings together; each once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = (d: Diagnostic) => JSON.stringify([d.code, d.message, d.span]);
  const unique = [...new Map(diagnostics.map((d) => [key(d), d])).values()];
  const place = (d: Diagnostic): readonly [string, number] => [d.span?.file ?? '', d.span?.start.offset ?? -1];
  return unique.sort((a, b) => {
    const [fileA, offsetA] = place(a);
    const [fileB, offsetB] = place(b);
    return fileA < fileB ? -1 : fileA > fileB ? 1 : offsetA - offsetB;
  });
}
