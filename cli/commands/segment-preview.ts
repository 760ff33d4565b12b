import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { languageOf } from '../project/language-of.ts';
import { sayAgainFor, titlesFor } from '../project/say-again.ts';
import { askSegments } from '../segment/ask-segments.ts';
import { attritionColumns, attritionRows } from '../segment/attrition-rows.ts';
import { loadPreview } from '../segment/load-preview.ts';
import { maskKeys } from '../segment/mask-keys.ts';
import { countColumn, formatOf, printAnswer, textColumn } from '../segment/print-answer.ts';
import { askAttrition, askSizes } from '../segment/sizes.ts';

/** So many members are shown. */
const sample = 10;

export const segmentPreview: Command = async (context, [file], flags) => {
  const { project, segments } = await loadPreview(context, flags, file!);
  await askSegments(context, project, flags, segments, async (asking) => {
    const sizes = [
      textColumn('segment'),
      textColumn('part'),
      countColumn('entities'),
      { name: 'share', type: 'double' },
    ];
    const rows = [];
    for (const segment of segments) rows.push(...(await askSizes(asking, segment)));
    const again = sayAgainFor(project.manifest, flags);
    const titles = titlesFor(project.manifest, flags);
    printAnswer(context, flags, asking.asOf, sizes, rows, titles);
    if (formatOf(flags) !== 'table') return;
    for (const segment of segments) {
      const attrition = await askAttrition(asking, segment);
      if (attrition) {
        context.output.out(`\n${again(`${segment.name}: who is lost where`)}\n`);
        printAnswer(
          context,
          flags,
          asking.asOf,
          attritionColumns,
          attritionRows(segment, attrition, languageOf(project.manifest, flags)),
          titles,
        );
      }
      const mask = maskKeys(context, project.manifest, segment);
      const { plan, rows: members } = await asking.ask({ ask: 'members', segment: segment.name, limit: sample });
      const shown = members.length === 0 ? 'nobody' : `the first ${members.length}`;
      context.output.out(`\n${again(`${segment.name}: ${shown}`)}\n`);
      if (members.length > 0)
        printAnswer(
          context,
          flags,
          asking.asOf,
          plan.columns,
          members.map(([key, ...rest]) => [mask(key!), ...rest]),
          titles,
        );
    }
  });
  return exitCode.done;
};
