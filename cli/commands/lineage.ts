import { type ColumnLineage, columnLineage, columnReaders, type Manifest } from '../../compiler/index.ts';
import type { Command, Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { loadProject } from '../project/load-project.ts';
import { failUnknown, listNames } from '../project/require-name.ts';

export const lineage: Command = async (context, [name], flags) => {
  const { manifest } = await loadProject(context, flags);
  const { output } = context;
  const column = findColumn(manifest, name!);
  if (column) {
    printColumn(context, flags, manifest, column);
    return exitCode.done;
  }
  const names = listNames(manifest);
  if (!names.includes(name!)) failUnknown(name!, names);
  const reads = readsOf(manifest);
  const readers = invert(reads);
  if (flags.json) {
    output.out(formatJson({ name, above: collect(name!, reads), below: collect(name!, readers) }));
    return exitCode.done;
  }
  const { bold, dim } = output.outColours;
  const section = (title: string, edges: Edges) => {
    const lines = renderTree(name!, edges);
    return `${dim(title)}\n${lines.length > 0 ? lines.join('\n') : '  nothing'}\n`;
  };
  output.out(`${bold(name!)}\n${section('made from', reads)}${section('read by', readers)}`);
  return exitCode.done;
};

type Edges = ReadonlyMap<string, readonly string[]>;

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
  if (flags.json) {
    output.out(formatJson({ ...found, readBy: readers }));
    return;
  }
  const { bold, dim } = output.outColours;
  const lines: string[] = [];
  const visit = (step: ColumnLineage, depth: number) => {
    const how = step.how && step.how !== 'same' ? dim(`  (${step.how})`) : '';
    lines.push(`${'  '.repeat(depth)}${step.model}.${step.column}${how}`);
    for (const next of step.from) visit(next, depth + 1);
  };
  for (const step of found?.from ?? []) visit(step, 1);
  const list = (all: readonly string[]) => (all.length > 0 ? all.join('\n') : '  nothing');
  output.out(`${bold(`${model}.${column}`)}\n${dim('made from')}\n${list(lines)}\n`);
  output.out(`${dim('read by')}\n${list(readers.map((reader) => `  ${reader}`))}\n`);
}

function readsOf(manifest: Manifest): Edges {
  const metrics = manifest.metrics.map(
    (metric) => [metric.name, metric.inputs.length > 0 ? metric.inputs : metric.reads] as const,
  );
  const models = manifest.models.map((model) => [model.name, model.reads] as const);
  const tests = manifest.tests.map((test) => [test.name, test.model ? [test.model] : test.reads] as const);
  return new Map<string, readonly string[]>([...models, ...metrics, ...tests]);
}

function invert(edges: Edges): Edges {
  const inverted = new Map<string, string[]>();
  for (const [from, targets] of edges) {
    for (const to of targets) inverted.set(to, [...(inverted.get(to) ?? []), from]);
  }
  return inverted;
}

function collect(start: string, edges: Edges): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const next of edges.get(name) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(start);
  return [...found].sort();
}

/** Each name is unfolded once; where it comes again it says so, since a diamond of ten levels has a thousand paths. */
function renderTree(start: string, edges: Edges): string[] {
  const unfolded = new Set<string>();
  const lines: string[] = [];
  const visit = (name: string, depth: number) => {
    for (const next of edges.get(name) ?? []) {
      const again = unfolded.has(next) && (edges.get(next) ?? []).length > 0;
      lines.push(`${'  '.repeat(depth)}${next}${again ? ' (see above)' : ''}`);
      if (again) continue;
      unfolded.add(next);
      visit(next, depth + 1);
    }
  };
  visit(start, 1);
  return lines;
}
