/** A row of a source on its way into the batch of the day it arrived on. */
export interface Row {
  readonly arrivedAt: number;
  /** Among rows of one instant: a fixed order. */
  readonly order: string;
  readonly line: string;
}

/** An empty cell is null; text with a comma, a quote or a line break is quoted. */
export function csvLine(cells: readonly (string | number | boolean | undefined)[]): string {
  return cells
    .map((cell) => {
      const text = cell === undefined ? '' : String(cell);
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(',');
}

/** `1234` → `12.34` */
export function formatCents(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
