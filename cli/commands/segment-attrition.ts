import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { languageOf } from '../project/language-of.ts';
import { loadProject } from '../project/load-project.ts';
import { sayAgainFor, titlesFor } from '../project/say-again.ts';
import { askSegments, requireSegment } from '../segment/ask-segments.ts';
import { attritionColumns, attritionRows } from '../segment/attrition-rows.ts';
import { formatOf, printAnswer } from '../segment/print-answer.ts';
import { askAttrition } from '../segment/sizes.ts';

export const segmentAttrition: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const { manifest } = project;
  const segment = requireSegment(manifest, name!);
  if (segment.rule?.form === 'split')
    throw new CommandFailure(exitCode.usage, `\`${segment.name}\` is a split: nobody is lost in it`, [
      `its parts: etalon segment size ${segment.name}`,
    ]);
  await askSegments(context, project, flags, [segment], async (asking) => {
    const again = sayAgainFor(manifest, flags);
    const attrition = (await askAttrition(asking, segment))!;
    printAnswer(
      context,
      flags,
      asking.asOf,
      attritionColumns,
      attritionRows(segment, attrition, languageOf(manifest, flags)),
      titlesFor(manifest, flags),
    );
    const { population, members, unknown } = attrition;
    if (formatOf(flags) === 'table')
      context.output.out(`\n${again(`of ${population} ${members} are in it; of ${unknown} it is unknown`)}\n`);
  });
  return exitCode.done;
};
