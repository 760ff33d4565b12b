import type { SourceUser } from '../../compiler/index.ts';

/** A declared column of a source that was looked at: is it what it is declared as? */
export interface ColumnLook {
  readonly column: string;
  readonly state: 'there' | 'removed' | 'retyped';
  /** What it holds instead, in the language's words. */
  readonly type?: string;
  readonly declaredType?: string;
  /** What was found, in words; of one that is there nothing. */
  readonly found?: string;
}

/** A column of a source that nobody declared, as the source calls it. */
export interface OtherLook {
  readonly name: string;
  readonly type: string;
  /** Where it was met: a file, a table. */
  readonly where: string;
}

/** What is known already not to be as declared. */
export interface KnownDrift {
  readonly column: string;
  readonly kind: 'added' | 'removed' | 'retyped';
  readonly accepted: boolean;
}

export interface SourceLook {
  /** Of declared columns, those of which something can be said. */
  readonly declared: readonly ColumnLook[];
  readonly others: readonly OtherLook[];
  /** All columns of the source as it calls them, where it says so. */
  readonly names?: readonly string[];
}

export interface DriftRules<K extends KnownDrift> {
  readonly open: readonly K[];
  /** The columns that are declared: by their names in the model, and as the source calls them. */
  readonly declaredAs: ReadonlyMap<string, string>;
  readonly usersOf: (column: string) => readonly SourceUser[];
  readonly acceptLoss: boolean;
}

export type Opened =
  | { readonly kind: 'added'; readonly other: OtherLook; readonly accepted: false }
  | { readonly kind: 'removed' | 'retyped'; readonly look: ColumnLook; readonly accepted: boolean };

/** Why a column is no longer told of: it is declared now, the source has lost it, it is as declared again, it is declared no longer, its loss was accepted. */
export type DriftOutcome = 'declared' | 'gone' | 'back' | 'dropped' | 'accepted';

export interface SettledDrift<K extends KnownDrift> {
  /** Columns that are gone or hold something else and that somebody needs: the source cannot be read. */
  readonly refused: readonly { readonly look: ColumnLook; readonly users: readonly SourceUser[] }[];
  readonly opened: readonly Opened[];
  readonly ended: readonly { readonly drift: K; readonly outcome: DriftOutcome }[];
}

/**
 * What is new in the columns of a source, what is over, and what must not be. A column is told of once: while it stays as it was found, nothing is opened. A column that is used may only be missing where
 * somebody accepted it, now or before, and the source itself does not need it. Pure.
 */
export function settleDrift<K extends KnownDrift>(look: SourceLook, rules: DriftRules<K>): SettledDrift<K> {
  const { open, declaredAs, usersOf, acceptLoss } = rules;
  const known = new Map(open.filter(({ kind }) => kind !== 'added').map((drift) => [drift.column, drift]));
  const offered = new Map(open.filter(({ kind }) => kind === 'added').map((drift) => [drift.column, drift]));
  const refused: SettledDrift<K>['refused'][number][] = [];
  const opened: Opened[] = [];
  const ended: SettledDrift<K>['ended'][number][] = [];
  for (const one of look.declared) {
    const before = known.get(one.column);
    if (one.state === 'there') {
      if (before) ended.push({ drift: before, outcome: 'back' });
      continue;
    }
    const { state: kind } = one;
    const users = usersOf(one.column);
    const isNeeded = users.some((user) => user.kind === 'source');
    const accepted = acceptLoss || (before?.accepted ?? false);
    if (users.length > 0 && (isNeeded || !accepted)) {
      refused.push({ look: one, users });
    } else if (before?.kind !== kind || (users.length > 0 && !before.accepted)) {
      if (before) ended.push({ drift: before, outcome: before.kind === kind ? 'accepted' : 'back' });
      opened.push({ kind, look: one, accepted: users.length > 0 });
    }
  }
  for (const drift of known.values()) if (!declaredAs.has(drift.column)) ended.push({ drift, outcome: 'dropped' });
  const inSource = new Set(declaredAs.values());
  for (const drift of offered.values()) {
    if (inSource.has(drift.column)) ended.push({ drift, outcome: 'declared' });
    else if (look.names && !look.names.includes(drift.column)) ended.push({ drift, outcome: 'gone' });
  }
  for (const other of look.others) {
    if (!offered.has(other.name)) opened.push({ kind: 'added', other, accepted: false });
  }
  return { refused, opened, ended };
}
