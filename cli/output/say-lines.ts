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
    const [, indent = '', before = '', gap = '', rest = ''] = /^( *)(.*?)(?:( {2,})(.*))?$/.exec(line)!;
    const isName = indent !== '' && !before.includes(' ');
    return { indent, before, first: isName ? before : again(before), gap, rest: again(rest) };
  });
  const isOther = lines.some(({ before, first, rest }) => rest !== '' && before !== first);
  const width = Math.max(0, ...lines.map(({ first, rest }) => (rest === '' ? 0 : first.length)));
  return lines
    .map(({ indent, first, gap, rest }) => {
      if (rest === '') return indent + first;
      return indent + (isOther ? `${first.padEnd(width)}  ` : first + gap) + rest;
    })
    .join('\n');
}
