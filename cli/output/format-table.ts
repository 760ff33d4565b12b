export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const combining = /\p{Mark}|\u200d|\ufe0f/u;
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** Cells of a terminal that a text takes: none for a combining mark, two for East Asian wide letters. */
export function measureText(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what is to be left out
  const plain = text.replace(/\u001b\[[0-9;]*m/g, '');
  let width = 0;
  for (const letter of plain) width += combining.test(letter) ? 0 : wide.test(letter) ? 2 : 1;
  return width;
}

/** Columns padded to their widest cell, two blanks between, no trailing blanks. Cells hold one line: control characters are escaped. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  paintTitle: (text: string) => string = (text) => text,
): string {
  const clean = rows.map((row) => row.map(escapeControl));
  const widths = columns.map(({ title }, i) =>
    Math.max(measureText(title), ...clean.map((row) => measureText(row[i] ?? ''))),
  );
  const line = (cells: readonly string[], paint: (text: string) => string) =>
    cells
      .map((cell, i) => {
        const blanks = ' '.repeat(Math.max(0, widths[i]! - measureText(cell)));
        return columns[i]?.align === 'right' ? blanks + paint(cell) : paint(cell) + blanks;
      })
      .join('  ')
      .trimEnd();
  const title = line(
    columns.map((column) => column.title),
    paintTitle,
  );
  return `${[title, ...clean.map((row) => line(row, (text) => text))].join('\n')}\n`;
}

/** A value from a database may hold anything; a terminal shall not obey it. Colour codes of our own are kept. */
function escapeControl(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is to be escaped
  return text.replace(/[\u0000-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[0-9;]*m)/g, (c) =>
    c === '\n' ? '\\n' : c === '\t' ? '\\t' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
