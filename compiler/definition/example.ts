import type { Span } from '../diagnostic/diagnostic.ts';
import type { Calendar } from './project.ts';

/** A cell of an example. Numbers keep their digits as text, since a reader turns `0.5000` into 0.5. */
export type ExampleValue = null | boolean | string | { readonly number: string };
export type ExampleRow = Readonly<Record<string, ExampleValue>>;

export interface GivenTable {
  readonly model: string;
  readonly rows: readonly { readonly cells: ExampleRow; readonly span: Span }[];
  readonly span: Span;
}

export interface ExampleDefinition {
  readonly title: string;
  readonly given: readonly GivenTable[];
  readonly asOf?: string;
  readonly calendar?: Calendar;
  readonly by: readonly string[];
  readonly grain?: string;
  readonly from?: string;
  readonly to?: string;
  readonly where?: string;
  readonly ordered: boolean;
  /** Rows, or for a segment `members`, or `attrition`. */
  readonly expect:
    | { readonly form: 'rows'; readonly rows: readonly { readonly cells: ExampleRow; readonly span: Span }[] }
    | { readonly form: 'members'; readonly members: readonly string[] }
    | { readonly form: 'attrition'; readonly rows: readonly { readonly cells: ExampleRow; readonly span: Span }[] };
  readonly disagree: readonly { readonly system: string; readonly value: string; readonly why: string }[];
  readonly span: Span;
}
