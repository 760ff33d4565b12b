import { type PersonalStep, personalFlow } from '../../compiler/index.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { measureText } from '../output/format-table.ts';
import type { Colours } from '../output/output.ts';
import { loadProject } from '../project/load-project.ts';

export const pii: Command = async (context, _words, flags) => {
  const { manifest } = await loadProject(context, flags);
  const flow = personalFlow(manifest);
  const { output } = context;
  if (flags.json) output.out(formatJson({ columns: flow }));
  else if (flow.length === 0) output.out('no column is tagged with `pii`\n');
  else output.out(renderFlow(flow, output.outColours));
  return exitCode.done;
};

interface Line {
  readonly text: string;
  readonly words: string;
  readonly place: string;
}

function renderFlow(flow: readonly PersonalStep[], colours: Colours): string {
  const groups = flow.map((step) => linesOf(step, 0));
  const all = groups.flat();
  const width = (part: 'text' | 'words') => Math.max(...all.map((line) => measureText(line[part])));
  const pad = (text: string, to: number) => text + ' '.repeat(to - measureText(text));
  const paint = ({ text, words, place }: Line) => {
    const name = pad(text, width('text'));
    return `${text.startsWith(' ') ? name : colours.bold(name)}  ${pad(words, width('words'))}  ${colours.dim(place)}\n`;
  };
  return groups.map((lines) => lines.map(paint).join('')).join('\n');
}

function linesOf(step: PersonalStep, depth: number): Line[] {
  const { model, column, path, line, goes } = step;
  const own = { text: `${'  '.repeat(depth)}${model}.${column}`, words: wordsOf(step), place: `${path}:${line}` };
  return [own, ...goes.flatMap((next) => linesOf(next, depth + 1))];
}

const treatments = {
  same: 'same',
  changed: 'changed',
  hashed: 'hashed',
  aggregated: 'aggregated',
  declared: 'tells of nobody',
} as const;

function wordsOf({ how, why, tags, dropped, ...uses }: PersonalStep): string {
  const list = (what: string, names: readonly string[]) => (names.length === 0 ? [] : [`${what} ${few(names)}`]);
  return [
    ...(how === undefined ? [] : [why === undefined ? treatments[how] : `${treatments[how]}: ${why}`]),
    ...(tags.length === 0 ? [] : [tags.join(', ')]),
    ...list('counted by', uses.countedBy),
    ...list('dimension of', uses.dimensionOf),
    ...list('handed out by', uses.exportedBy),
    ...(dropped ? ['dropped: nothing is made of it'] : []),
  ].join('; ');
}

function few(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
