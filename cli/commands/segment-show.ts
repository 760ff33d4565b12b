import type { ManifestSegment } from '../../compiler/index.ts';
import { describeLook } from '../../runtime/segments/describe-look.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { wrapSql } from '../output/wrap-sql.ts';
import { languageOf } from '../project/language-of.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget } from '../project/open-target.ts';
import { renderForTarget } from '../project/render-definition-sql.ts';
import { sayTextAgain } from '../project/say-again.ts';
import { planOrFail, requireSegment } from '../segment/ask-segments.ts';

/** Any instant serves: a reader of the SQL sees where it stands. */
const shownInstant = '2000-01-01T00:00:00Z';

export const segmentShow: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const { manifest } = project;
  const segment = requireSegment(manifest, name!);
  const language = languageOf(manifest, flags);
  const sql = () => {
    const { sql: canonical } = planOrFail(manifest, { ask: 'members', segment: segment.name }, shownInstant);
    return renderForTarget(manifest, canonical, getTarget(project, flags));
  };
  if (flags.json) {
    const lookedAt = describeLook(manifest, segment);
    context.output.out(formatJson({ ...segment, lookedAt, ...(flags.sql ? { sql: sql() } : {}) }));
    return exitCode.done;
  }
  context.output.out(sayTextAgain(manifest, flags, describe(segment, language, describeLook(manifest, segment))));
  if (flags.sql) context.output.out(`\n${wrapSql(sql())}\n`);
  return exitCode.done;
};

function describe(segment: ManifestSegment, language: 'en' | 'ru', look: ReturnType<typeof describeLook>): string {
  const title = segment.title ? ` — ${segment.title}` : '';
  const owner = segment.owner ? `, owner ${segment.owner}` : '';
  const rule = segment.words[language].map(({ path, text }) => {
    const depth = path.split('.').length - 1;
    return `${'  '.repeat(depth + 1)}${path === '' ? '' : `${path}  `}${text}`;
  });
  const lines = [
    `segment ${segment.name}${title}`,
    ...(segment.description ? [segment.description.trim()] : []),
    `of ${segment.entity} (${segment.key}), version ${segment.version}, ${segment.status}, ${segment.schedule}`,
    `defined in ${segment.path}:${segment.line}${owner}`,
    '',
    'who is in it',
    ...rule,
    '',
    'reads',
    `  ${segment.reads.join(', ')}`,
    '',
    'looked at from one cut to the next',
    ...(look.some === undefined ? [] : [`  ${look.some}`]),
    ...look.everyone.map((why) => `  everyone ${why}`),
  ];
  return `${lines.join('\n')}\n`;
}
