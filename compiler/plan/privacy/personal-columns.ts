import type { Span } from '../../diagnostic/diagnostic.ts';

/** What was done at a column, so that it no longer tells what those tell that it is computed from. */
export type Treatment = 'hashed' | 'aggregated' | 'declared';

/** A column that holds personal data, or was treated so that it holds none. */
export interface PersonalColumn {
  readonly model: string;
  readonly column: string;
  /** What it still tells of people: the tag, and the column that it came by; undefined where the tag is declared here. */
  readonly tags: ReadonlyMap<string, PersonalColumn | undefined>;
  readonly treatment?: Treatment;
  /** Of `declared`: the author's reason. */
  readonly why?: string;
  readonly span: Span;
}

/** By model, then by column. Columns that never had to do with people are not here. */
export type PersonalColumns = ReadonlyMap<string, ReadonlyMap<string, PersonalColumn>>;

/** The tag of pseudonyms: they name a person and do not say who it is. */
export const pseudonym = 'id';

export function findPersonalColumn(
  personal: PersonalColumns,
  model: string,
  column: string,
): PersonalColumn | undefined {
  return personal.get(model)?.get(column);
}
