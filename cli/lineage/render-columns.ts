import type { ColumnLineage, ColumnUse, ColumnUser } from '../../compiler/index.ts';
import { measureText } from '../output/format-table.ts';
import type { Colours } from '../output/output.ts';

/** Lines of columns, each below the one that is computed from it. */
export function renderDescent(from: readonly ColumnLineage[], depth: number, colours: Colours): string[] {
  return from.flatMap((step) => {
    const how = step.how && step.how !== 'same' ? colours.dim(`  (${step.how})`) : '';
    return [`${'  '.repeat(depth)}${step.model}.${step.column}${how}`, ...renderDescent(step.from, depth + 1, colours)];
  });
}

/** A line for each metric or test: what it does, and where it is written. The column asked for is not named again. */
export function renderUsers(users: readonly ColumnUser[], asked: string | undefined, { dim }: Colours): string[] {
  const rows = users.map(({ name, uses, through, path, line }) => {
    const said = [...uses.map((use) => wordsOf(use, asked)), ...through.map((input) => `by ${input}`)];
    return [`  ${name}`, said.join(', '), `${path}:${line}`] as const;
  });
  const width = (column: 0 | 1) => Math.max(0, ...rows.map((row) => measureText(row[column])));
  const pad = (text: string, to: number) => text + ' '.repeat(to - measureText(text));
  return rows.map(([name, words, place]) => `${pad(name, width(0))}  ${pad(words, width(1))}  ${dim(place)}`);
}

function wordsOf({ model, column, how }: ColumnUse, asked: string | undefined): string {
  const name = `${model}.${column}`;
  return name === asked ? how : `${name} ${how}`;
}
