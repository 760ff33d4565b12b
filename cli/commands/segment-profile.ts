import type { Value } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { loadProject } from '../project/load-project.ts';
import { askSegments, planOrFail, requireSegment } from '../segment/ask-segments.ts';
import { isPersonalProperty } from '../segment/evidence.ts';
import { countColumn, printAnswer, textColumn } from '../segment/print-answer.ts';
import { profileRows } from '../segment/profile-rows.ts';

export const segmentProfile: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const segment = requireSegment(project.manifest, name!);
  const by = flags.by as string;
  const question = { ask: 'profile', segment: segment.name, by } as const;
  // A property that is not there is told as such, before anything is opened.
  planOrFail(project.manifest, question, context.clock());
  if (isPersonalProperty(project.manifest, segment, by))
    throw new CommandFailure(exitCode.usage, `\`${by}\` is personal data: each of its values would be a row`, [
      'cut by a property that many share, such as a country or a plan',
    ]);
  const isSplit = segment.rule?.form === 'split';
  await askSegments(context, project, flags, [segment], async ({ asOf, ask }) => {
    const { rows } = await ask(question);
    const groups = rows.map(([value, part, entities]) => ({
      value: value === null || value === undefined ? null : String(value),
      part: String(part),
      entities: Number(entities),
    }));
    const columns = [
      textColumn(by.split('.').at(-1)!),
      ...(isSplit ? [textColumn('part')] : []),
      countColumn(isSplit ? 'entities' : 'members'),
      { name: 'share', type: 'double' },
      countColumn('everyone'),
      { name: 'share_of_everyone', type: 'double' },
      { name: 'index', type: 'double' },
    ];
    const whole = profileRows(groups, isSplit ? undefined : 'members');
    const shown: (readonly Value[])[] = whole
      .slice(0, flags.limit as number)
      .map((row) => [
        row.value,
        ...(isSplit ? [row.part] : []),
        row.entities,
        row.share,
        row.everyone,
        row.shareOfEveryone,
        row.index,
      ]);
    printAnswer(context, flags, asOf, columns, shown);
    if (whole.length > shown.length)
      context.output.err(`the first ${shown.length} of ${whole.length}; \`--limit\` shows more\n`);
  });
  return exitCode.done;
};
