import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget } from '../project/open-target.ts';
import { renderDefinitionSql } from '../project/render-definition-sql.ts';
import { requireName } from '../project/require-name.ts';

export const explain: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const { manifest } = project;
  requireName(manifest, name!);
  const { explainNode } = await import('../../compiler/index.ts');
  const text = explainNode(manifest, name!);
  const sql = flags.sql ? await renderDefinitionSql(manifest, name!, getTarget(project, flags)) : undefined;
  if (flags.json) {
    const definition = [...manifest.models, ...manifest.metrics, ...manifest.tests, ...manifest.activities]
      .concat([])
      .find((candidate) => candidate.name === name);
    context.output.out(formatJson({ name, text, ...(sql === undefined ? {} : { sql }), definition }));
    return exitCode.done;
  }
  context.output.out(text.endsWith('\n') ? text : `${text}\n`);
  if (sql !== undefined) context.output.out(`\n${sql}\n`);
  return exitCode.done;
};
