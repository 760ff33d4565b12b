import { queryState } from '../../runtime/segments/query-state.ts';
import { readEvaluations } from '../../runtime/segments/read-evaluations.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { languageOf } from '../project/language-of.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { requireInstant } from '../project/read-as-of.ts';
import { targetExists } from '../project/read-target-history.ts';
import { titlesFor } from '../project/say-again.ts';
import { requireSegment } from '../segment/ask-segments.ts';
import { historyColumns, historyRows } from '../segment/history-rows.ts';
import { printRows } from '../segment/print-answer.ts';

export const segmentHistory: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const segment = requireSegment(project.manifest, name!);
  const target = getTarget(project, flags);
  const bound = (flag: string, value: unknown) =>
    value === undefined ? undefined : requireInstant(project, String(value), flag);
  const [from, to] = [bound('--from', flags.from), bound('--to', flags.to)];
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const none = () =>
    new CommandFailure(
      exitCode.failed,
      `nothing is stored of \`${segment.name}\`${from || to ? ' in this time' : ''}`,
      [
        segment.schedule === 'on_demand' || segment.status !== 'production'
          ? `to compute it: etalon segment evaluate ${segment.name}`
          : '`etalon run` evaluates it when it is due',
      ],
    );
  if (!targetExists(project, target)) throw none();
  const cuts = await withTarget(
    context,
    project,
    flags,
    (engine) =>
      queryState({ engine, manifest: project.manifest, target: target.name }, (session) =>
        readEvaluations(session, segment.name, range),
      ),
    { readOnly: true },
  );
  if (cuts === undefined || cuts.length === 0) throw none();
  const isSplit = segment.rule?.form === 'split';
  printRows(
    context,
    flags,
    historyColumns(isSplit),
    historyRows(segment, cuts, languageOf(project.manifest, flags)),
    titlesFor(project.manifest, flags),
  );
  return exitCode.done;
};
