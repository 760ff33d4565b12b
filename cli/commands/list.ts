import type { Manifest } from '../../compiler/index.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatTable } from '../output/format-table.ts';
import { loadProject } from '../project/load-project.ts';
import { selectNames } from '../project/select-names.ts';

interface Listed {
  readonly kind: 'model' | 'metric' | 'segment' | 'test';
  readonly name: string;
  readonly what: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly path: string;
  readonly description: string | null;
}

export const list: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const names = await selectNames(project.manifest, flags);
  const listed = listNodes(project.manifest).filter(({ name, kind }) => names[`${kind}s`].has(name));
  const { output } = context;
  if (flags.json) {
    output.out(formatJson(listed));
    return exitCode.done;
  }
  const rows = listed.map(({ kind, name, what, owner, description }) => [
    kind,
    name,
    what,
    owner ?? '',
    (description ?? '').split('\n', 1)[0]!.slice(0, 80),
  ]);
  const titles = ['kind', 'name', 'what', 'owner', 'description'].map((title) => ({ title }));
  output.out(formatTable(titles, rows, output.outColours.bold));
  return exitCode.done;
};

function listNodes(manifest: Manifest): Listed[] {
  return [
    ...manifest.models
      .filter(({ generated }) => generated === undefined)
      .map((model) => ({
        kind: 'model' as const,
        name: model.name,
        what: model.materialized,
        owner: model.owner ?? null,
        tags: model.tags,
        path: model.path,
        description: model.description ?? null,
      })),
    ...manifest.metrics.map((metric) => ({
      kind: 'metric' as const,
      name: metric.name,
      what: metric.computed ? metric.form : `${metric.form}, not computed`,
      owner: metric.owner ?? null,
      tags: metric.tags,
      path: metric.path,
      description: metric.description ?? null,
    })),
    ...manifest.segments.map((segment) => ({
      kind: 'segment' as const,
      name: segment.name,
      what: segment.computed ? (segment.rule?.form === 'split' ? 'split' : segment.status) : 'not computed',
      owner: segment.owner ?? null,
      tags: segment.tags,
      path: segment.path,
      description: segment.description ?? null,
    })),
    ...manifest.tests.map((test) => ({
      kind: 'test' as const,
      name: test.name,
      what: test.rule,
      owner: test.owner ?? null,
      tags: [],
      path: test.path,
      description: test.description ?? test.words.en,
    })),
  ];
}
