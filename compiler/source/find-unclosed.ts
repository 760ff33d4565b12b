export interface Unclosed {
  readonly sign: '[' | '{' | "'" | '"';
  readonly at: number;
}

/**
 * The bracket or quote that stands open where a YAML parser gave up. The parser names the line that surprised it, which is below the one to be mended. Not a parser: what
 * it cannot tell, such as an apostrophe in a plain word, is taken for text.
 */
export function findUnclosed(text: string, end: number): Unclosed | undefined {
  const open: Unclosed[] = [];
  let at = 0;
  while (at < end) {
    const sign = text[at]!;
    if (sign === '#' && /\s/.test(text[at - 1] ?? '\n')) at = lineEnd(text, at);
    else if ((sign === '|' || sign === '>') && open.length === 0 && beginsBlock(text, at)) at = blockEnd(text, at);
    else if ((sign === '"' || sign === "'") && beginsValue(text, at)) {
      const close = closingQuote(text, at, sign, end);
      if (close === undefined) return { sign, at };
      at = close + 1;
    } else {
      if ((sign === '[' || sign === '{') && (open.length > 0 || beginsValue(text, at))) open.push({ sign, at });
      else if ((sign === ']' || sign === '}') && open.length > 0) open.pop();
      at++;
    }
  }
  return open.at(-1);
}

function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline;
}

function beginsValue(text: string, at: number): boolean {
  return /(^|[\n,[{]|[:\-?][ \t])[ \t]*$/.test(text.slice(Math.max(0, at - 200), at));
}

function beginsBlock(text: string, at: number): boolean {
  return beginsValue(text, at) && /^[|>][-+0-9]*[ \t]*(#.*)?$/.test(text.slice(at, lineEnd(text, at)).trimEnd());
}

/** Past the lines that are indented deeper than the one with the sign. */
function blockEnd(text: string, at: number): number {
  const indent = indentOf(text, text.lastIndexOf('\n', at) + 1);
  let end = lineEnd(text, at);
  while (end < text.length) {
    const next = end + 1;
    const line = text.slice(next, lineEnd(text, next));
    if (line.trim() !== '' && indentOf(text, next) <= indent) break;
    end = lineEnd(text, next);
  }
  return end;
}

function indentOf(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === ' ') at++;
  return at - lineStart;
}

function closingQuote(text: string, start: number, quote: string, end: number): number | undefined {
  for (let at = start + 1; at < end; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote && quote === "'" && text[at + 1] === quote) at++;
    else if (text[at] === quote) return at;
  }
  return undefined;
}
