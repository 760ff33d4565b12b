/** One user-perceived character with the columns that a terminal gives it. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  /** UTF-16 units from the start of the line. */
  readonly start: number;
  readonly end: number;
}

const tabWidth = 4;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /\p{Emoji_Presentation}|\u{fe0f}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const zeroWidth = /^[\p{M}\u200b-\u200d\u2060\ufeff]+$/u;
// Also the marks that turn the direction of writing: what is drawn must be what is there.
const hostile = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Control characters of a file or a name must not reach the terminal. */
export function withoutControls(text: string): string {
  return text.replaceAll(hostile, '\ufffd');
}

export function splitCells(line: string): Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const { segment, index } of segmenter.segment(line)) {
    const tab = segment === '\t' ? tabWidth - (column % tabWidth) : 0;
    const width = tab || widthOf(segment);
    cells.push({
      text: tab ? ' '.repeat(tab) : withoutControls(segment),
      width,
      start: index,
      end: index + segment.length,
    });
    column += width;
  }
  return cells;
}

function widthOf(segment: string): number {
  if (segment.length === 1 && segment >= ' ' && segment <= '~') return 1;
  if (zeroWidth.test(segment)) return 0;
  return wide.test(segment) ? 2 : 1;
}
