import { explainNode, type Manifest } from '../../compiler/index.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { wrapSql } from '../output/wrap-sql.ts';
import { languageOf } from '../project/language-of.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget } from '../project/open-target.ts';
import { renderDefinitionSql } from '../project/render-definition-sql.ts';
import { requireName } from '../project/require-name.ts';
import { sayTextAgain } from '../project/say-again.ts';

export const explain: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const { manifest } = project;
  requireName(manifest, name!);
  const definition = findDefinition(manifest, name!);
  const told = explainNode(manifest, name!, languageOf(manifest, flags));
  const text = told === undefined ? formatJson(definition) : sayTextAgain(manifest, flags, told);
  const sql = flags.sql ? renderDefinitionSql(manifest, name!, getTarget(project, flags)) : undefined;
  if (flags.json) {
    context.output.out(formatJson({ name, text, ...(sql === undefined ? {} : { sql }), definition }));
    return exitCode.done;
  }
  context.output.out(text.endsWith('\n') ? text : `${text}\n`);
  if (sql !== undefined) context.output.out(`\n${wrapSql(sql)}\n`);
  return exitCode.done;
};

function findDefinition(manifest: Manifest, name: string): unknown {
  const { models, metrics, tests, activities, cohorts, segments } = manifest;
  return [...models, ...metrics, ...tests, ...activities, ...cohorts, ...segments].find((one) => one.name === name);
}
