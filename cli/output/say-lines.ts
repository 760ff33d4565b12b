import type { SayAgain } from '../../docs-site/index.ts';

/**
 * A text of titles with lines and aligned pairs below them in another language, the pairs aligned anew. A single word below a title is a name, and so is the first half of a pair: they stay.
 *
 * @example
 * sayLines('reads\n  marts.orders\n', makeSayAgain('ru')) // читает …
 */
export function sayLines(text: string, again: SayAgain): string {
  return text
    .split('\n\n')
    .map((block) => sayBlock(block, again))
    .join('\n\n');
}

function sayBlock(block: string, again: SayAgain): string {
  const lines = block.split('\n').map((line) => {
    const indent = /^ */.exec(line)![0];
    const [first = '', ...rest] = line.slice(indent.length).split(/ {2,}/);
    const isName = indent !== '' && !first.includes(' ');
    return { indent, first: isName ? first : again(first), rest: rest.map(again) };
  });
  const width = Math.max(0, ...lines.filter(({ rest }) => rest.length > 0).map(({ first }) => first.length));
  return lines
    .map(({ indent, first, rest }) => indent + (rest.length === 0 ? first : [first.padEnd(width), ...rest].join('  ')))
    .join('\n');
}
