import { columnLineage, columnReaders, findColumnUsers, type Manifest } from '../../compiler/index.ts';
import type { Command, Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { type ColumnDescent, findColumnDescent } from '../lineage/column-descent.ts';
import { collectNames, invertEdges, readsOf, renderNames } from '../lineage/lineage-edges.ts';
import { renderDescent, renderUsers } from '../lineage/render-columns.ts';
import { formatJson } from '../output/format-json.ts';
import type { Colours, Output } from '../output/output.ts';
import { loadProject } from '../project/load-project.ts';
import { failUnknown, listNames } from '../project/require-name.ts';

export const lineage: Command = async (context, [name], flags) => {
  const { manifest } = await loadProject(context, flags);
  const column = findColumn(manifest, name!);
  if (column) {
    printColumn(context, flags, manifest, column);
    return exitCode.done;
  }
  const names = listNames(manifest);
  if (!names.includes(name!)) failUnknown(name!, names);
  printDefinition(context, flags, manifest, name!);
  return exitCode.done;
};

interface ColumnName {
  readonly model: string;
  readonly column: string;
}

/** `marts.orders.amount`; undefined where the word names no model's column. */
function findColumn(manifest: Manifest, name: string): ColumnName | undefined {
  const dot = name.lastIndexOf('.');
  const model = manifest.models.find((candidate) => candidate.name === name.slice(0, dot));
  if (!model) return undefined;
  const column = name.slice(dot + 1);
  const columns = model.columns.map((candidate) => candidate.name);
  if (columns.includes(column)) return { model: model.name, column };
  return failUnknown(
    name,
    columns.map((candidate) => `${model.name}.${candidate}`),
  );
}

function printColumn({ output }: Context, flags: Flags, manifest: Manifest, { model, column }: ColumnName): void {
  const found = columnLineage(manifest, model, column);
  const readers = columnReaders(manifest, model, column);
  const users = findColumnUsers(manifest, model, column);
  const metrics = users.filter(({ kind }) => kind === 'metric');
  const segments = users.filter(({ kind }) => kind === 'segment');
  const tests = users.filter(({ kind }) => kind === 'test');
  if (flags.json) {
    output.out(formatJson({ ...found, readBy: readers, metrics, segments, tests }));
    return;
  }
  const colours = output.outColours;
  const asked = `${model}.${column}`;
  output.out(`${colours.bold(asked)}\n`);
  printSection(output, 'made from', renderDescent(found?.from ?? [], 1, colours));
  printSection(
    output,
    'read by',
    readers.map((reader) => `  ${reader}`),
  );
  printSection(output, 'metrics that read it', renderUsers(metrics, asked, colours));
  if (manifest.segments.length > 0)
    printSection(output, 'segments that read it', renderUsers(segments, asked, colours));
  printSection(output, 'data tests that read it', renderUsers(tests, asked, colours));
}

function printDefinition({ output }: Context, flags: Flags, manifest: Manifest, name: string): void {
  const reads = readsOf(manifest);
  const readers = invertEdges(reads);
  const descent = findColumnDescent(manifest, name);
  if (flags.json) {
    output.out(formatJson({ name, above: collectNames(name, reads), below: collectNames(name, readers), ...descent }));
    return;
  }
  output.out(`${output.outColours.bold(name)}\n`);
  printSection(output, 'made from', renderNames(name, reads));
  if (descent) {
    printSection(output, 'columns that it reads', renderReaders(descent, output.outColours));
    printSection(output, 'data tests of these columns', renderUsers(descent.tests, undefined, output.outColours));
  }
  printSection(output, 'read by', renderNames(name, readers));
}

function renderReaders({ segments = [], metrics }: ColumnDescent, colours: Colours): string[] {
  return [...segments, ...metrics].flatMap(({ name, path, line, columns }) => [
    `  ${name}  ${colours.dim(`${path}:${line}`)}`,
    ...columns.flatMap(({ model, column, how, from }) => [
      `    ${model}.${column}${colours.dim(`  (${how})`)}`,
      ...renderDescent(from, 3, colours),
    ]),
  ]);
}

function printSection(output: Output, title: string, lines: readonly string[]): void {
  output.out(`${output.outColours.dim(title)}\n${lines.length > 0 ? lines.join('\n') : '  nothing'}\n`);
}
