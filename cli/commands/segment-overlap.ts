import { overlapSets } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { loadProject } from '../project/load-project.ts';
import { askSegments, requireSegment } from '../segment/ask-segments.ts';
import { countPairs } from '../segment/count-pairs.ts';
import { countColumn, printAnswer, textColumn } from '../segment/print-answer.ts';

export const segmentOverlap: Command = async (context, names, flags) => {
  const project = await loadProject(context, flags);
  const segments = [...new Set(names)].map((name) => requireSegment(project.manifest, name));
  const sets = overlapSets(segments);
  if (sets.length < 2)
    throw new CommandFailure(exitCode.usage, 'an overlap is of two or more', [
      `for example: etalon segment overlap ${names[0]} OTHER`,
    ]);
  await askSegments(context, project, flags, segments, async ({ asOf, ask }) => {
    const { rows } = await ask({ ask: 'overlap', segments: segments.map(({ name }) => name) });
    const masks = rows.map(([mask, entities]) => ({ mask: String(mask), entities: Number(entities) }));
    const columns = [
      textColumn('a'),
      textColumn('b'),
      countColumn('both'),
      countColumn('only_a'),
      countColumn('only_b'),
      { name: 'share_of_a', type: 'double' },
      { name: 'share_of_b', type: 'double' },
    ];
    printAnswer(context, flags, asOf, columns, countPairs(sets, masks));
  });
  return exitCode.done;
};
