import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { loadProject } from '../project/load-project.ts';
import { askSegments, requireSegment } from '../segment/ask-segments.ts';
import { maskKeys } from '../segment/mask-keys.ts';
import { printAnswer } from '../segment/print-answer.ts';

export const segmentMembers: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const segment = requireSegment(project.manifest, name!);
  const limit = flags.limit as number;
  await askSegments(context, project, flags, [segment], async ({ asOf, ask }) => {
    const mask = maskKeys(context, project.manifest, segment);
    // One more than is shown, to know whether there are more.
    const { plan, rows } = await ask({ ask: 'members', segment: segment.name, limit: limit + 1 });
    const shown = rows.slice(0, limit).map(([key, ...rest]) => [mask(key!), ...rest]);
    // A masked key is no number any more.
    const columns = plan.columns.map((column, i) => (i === 0 && mask(0) !== 0 ? { ...column, type: 'text' } : column));
    printAnswer(context, flags, asOf, columns, shown);
    if (rows.length > limit) context.output.err(`the first ${limit}; \`--limit\` shows more\n`);
  });
  return exitCode.done;
};
