/** How the parts of a drawn diagnostic are coloured. */
export interface Paint {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly strong: (text: string) => string;
  /** Line numbers, bars and places. */
  readonly quiet: (text: string) => string;
  readonly hint: (text: string) => string;
}

const same = (text: string): string => text;
export const plainPaint: Paint = { error: same, warning: same, strong: same, quiet: same, hint: same };

const ansi =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`;

export const ansiPaint: Paint = {
  error: ansi(31, 39),
  warning: ansi(33, 39),
  strong: ansi(1, 22),
  quiet: ansi(34, 39),
  hint: ansi(36, 39),
};
