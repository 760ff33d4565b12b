import type { Value } from '../../compiler/index.ts';
import type { Context, Flags } from '../context.ts';
import { formatResult, type ResultColumn, type ResultFormat } from '../output/format-result.ts';

export function formatOf(flags: Flags): ResultFormat {
  return flags.json ? 'json' : (flags.format as ResultFormat);
}

/** The same of rows that have no cut in common. */
export function printRows(
  { output }: Context,
  flags: Flags,
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  titleOf?: (name: string) => string,
): void {
  const detail = { paint: output.outColours.bold, ...(titleOf === undefined ? {} : { titleOf }) };
  output.out(formatResult(columns, rows, formatOf(flags), detail));
}

/** Prints rows as `etalon query` does. */
export function printAnswer(
  { output }: Context,
  flags: Flags,
  asOf: string,
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  titleOf?: (name: string) => string,
): void {
  const detail = { asOf, paint: output.outColours.bold, ...(titleOf === undefined ? {} : { titleOf }) };
  output.out(formatResult(columns, rows, formatOf(flags), detail));
}

export const textColumn = (name: string): ResultColumn => ({ name, type: 'text' });
export const countColumn = (name: string): ResultColumn => ({ name, type: 'integer' });
