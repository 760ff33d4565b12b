import type { Value } from '../../compiler/index.ts';

/** Something in which a target and its own record do not agree. */
export interface Finding {
  readonly kind: 'finding';
  readonly what:
    | 'state'
    | 'open-run'
    | 'unmarked'
    | 'view'
    | 'table'
    | 'columns'
    | 'row-count'
    | 'files'
    | 'changes'
    | 'stray'
    | 'rows';
  /** Absent: it concerns the target as a whole. */
  readonly model?: string;
  /** What was found, and what the record says. */
  readonly message: string;
  /** What helps. */
  readonly mend: string;
  /** Of `rows`: rows that a rebuild would have and the table has not, and the other way round. */
  readonly difference?: RowDifference;
}

export interface RowDifference {
  readonly missing: number;
  readonly extra: number;
  /** Keys of the first of them, tagged columns masked; none where the model has no key. */
  readonly missingKeys: readonly Readonly<Record<string, Value>>[];
  readonly extraKeys: readonly Readonly<Record<string, Value>>[];
}

export function listNames(names: readonly string[], shown = 3): string {
  const first = names
    .slice(0, shown)
    .map((name) => `\`${name}\``)
    .join(', ');
  return names.length > shown ? `${first} and ${names.length - shown} more` : first;
}

export function countRows(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`;
}

export const rebuildOf = (model: string): string => `\`etalon state rebuild --select ${model}\`, then \`etalon run\``;
