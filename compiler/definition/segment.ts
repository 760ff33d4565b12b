import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { ConditionDefinition, SplitDefinition } from './condition.ts';
import type { ExampleDefinition } from './example.ts';

/** What is expected of the members, as data tests. */
export interface SegmentExpectation {
  readonly size?: { readonly min?: number; readonly max?: number; readonly span: Span };
  readonly disjointWith: readonly Located<string>[];
}

/** What may leave the house. */
export interface ExportDefinition {
  readonly columns: readonly Located<string>[];
  /** The most rows. */
  readonly limit?: number;
  /** Who may export; empty: whoever names a role. */
  readonly roles: readonly string[];
}

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
  readonly expect?: SegmentExpectation;
  readonly export?: ExportDefinition;
  readonly examples: readonly ExampleDefinition[];
  readonly path: string;
  readonly span: Span;
}
