/** What the program ends with; the same list stands in `etalon --help` and docs/commands.md. */
export const exitCode = {
  done: 0,
  /** Errors in definitions, data tests that failed, or a target that does not agree with its own record. */
  failed: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** Warnings, where `--fail-on warn` was given. */
  warned: 3,
  unreachable: 4,
  /** Done in part: what does not depend on the failure was published. */
  part: 5,
  fault: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export const exitCodeMeanings: readonly (readonly [ExitCode, string])[] = [
  [0, 'done'],
  [1, 'errors in definitions, failed data tests, or findings of `state verify`'],
  [2, 'wrong usage or configuration'],
  [3, 'warnings, with `--fail-on warn`'],
  [4, 'target unreachable, not writable, or held by another run'],
  [5, 'done in part'],
  [70, 'internal fault'],
  [130, 'interrupted'],
];
