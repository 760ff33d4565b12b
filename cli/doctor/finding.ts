import type { ExitCode } from '../exit-code.ts';

/** What `etalon doctor` found of one thing. */
export interface Finding {
  readonly check: string;
  readonly status: 'good' | 'warning' | 'wrong';
  readonly found: string;
  readonly hint?: string;
  /** What the command ends with because of it. */
  readonly code?: ExitCode;
}
