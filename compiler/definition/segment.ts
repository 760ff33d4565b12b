import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { ExampleDefinition } from './example.ts';

/** Read and checked for shape from the first issue on; conditions are resolved and computed by the segments issue. */
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
  /** The condition tree or the split, as written. */
  readonly rule:
    | { readonly form: 'where'; readonly where: unknown }
    | { readonly form: 'split'; readonly split: unknown };
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
