import type { Value } from '../../compiler/index.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { loadProject } from '../project/load-project.ts';
import { askSegments, requireSegment } from '../segment/ask-segments.ts';
import { countColumn, printAnswer, textColumn } from '../segment/print-answer.ts';
import { askSizes } from '../segment/sizes.ts';

export const segmentSize: Command = async (context, names, flags) => {
  const project = await loadProject(context, flags);
  const segments = names.map((name) => requireSegment(project.manifest, name));
  await askSegments(context, project, flags, segments, async (asking) => {
    const rows: (readonly Value[])[] = [];
    for (const segment of segments) rows.push(...(await askSizes(asking, segment)));
    const columns = [
      textColumn('segment'),
      textColumn('part'),
      countColumn('entities'),
      { name: 'share', type: 'double' },
    ];
    printAnswer(context, flags, asking.asOf, columns, rows);
  });
  return exitCode.done;
};
