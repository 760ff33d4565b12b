import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { ConditionDefinition, SplitDefinition } from './condition.ts';
import type { ExampleDefinition } from './example.ts';

/** Who belongs to it, as written; what the names in it lead to is found when it is planned. */
export interface SegmentDefinition {
  readonly kind: 'segment';
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly entity: Located<string>;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly status: 'draft' | 'production' | 'archived';
  readonly version: number;
  readonly changes: Readonly<Record<string, string>>;
  readonly schedule: string;
  readonly rule:
    | { readonly form: 'where'; readonly where: ConditionDefinition }
    | { readonly form: 'split'; readonly split: SplitDefinition };
  readonly exclude: readonly Located<string>[];
  /** Tests of the membership and the export, as written. */
  readonly expect?: unknown;
  readonly export?: unknown;
  /** The columns that an export hands out. */
  readonly exportColumns: readonly Located<string>[];
  readonly examples: readonly ExampleDefinition[];
  readonly path: string;
  readonly span: Span;
}
