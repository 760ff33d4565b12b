import { type ManifestSegment, parseSchedule } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { ticksBetween } from '../../runtime/schedule/latest-tick.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { loadProject, type Project } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { readAsOf, requireInstant } from '../project/read-as-of.ts';
import { executeRun } from '../run/execute-run.ts';
import { codeOf, formatSegments, totalRun } from '../run/summarise-run.ts';
import { requireSegment } from '../segment/ask-segments.ts';

/** So many cuts in one call; each is a transaction of its own, so that the next call goes on. */
const mostCuts = 1000;

export const segmentEvaluate: Command = async (context: Context, [name], flags) => {
  const project = await loadProject(context, flags);
  const segment = requireSegment(project.manifest, name!);
  if (segment.status === 'archived')
    throw new CommandFailure(
      exitCode.usage,
      `segment \`${segment.name}\` is archived: what it remembers stays as it is`,
    );
  const asked = readCuts(project, flags);
  const result = await withTarget(context, project, flags, async (engine) => {
    const cuts = await listCuts(project, flags, engine, segment, asked);
    const chosen = { models: [], segments: { names: [segment.name], cuts } };
    return executeRun(context, project, flags, engine, { command: 'segment evaluate', chosen });
  });
  const totals = totalRun(result);
  const { output } = context;
  if (flags.json && !flags.events) output.out(formatJson({ ...result, totals }));
  else if (!flags.events) output.out(`segments  ${formatSegments(totals, output.outColours) ?? 'none'}\n`);
  return codeOf(result, undefined, 0);
};

/** One cut, the ticks of some time, or neither: as far as all that is read is complete. */
type Asked = { readonly cut?: string; readonly from?: string; readonly to?: string };

function readCuts(project: Project, { asOf, from, to }: Flags): Asked {
  const instant = (flag: string, value: unknown) => inUtc(requireInstant(project, String(value), flag));
  if (asOf !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new CommandFailure(exitCode.usage, '`--as-of` is one cut, `--from` and `--to` are the ticks of some time', [
        'leave out one of them',
      ]);
    return { cut: instant('--as-of', asOf) };
  }
  if (from === undefined && to === undefined) return {};
  if (from === undefined)
    throw new CommandFailure(exitCode.usage, '`--from` is missing: the first cut to compute', [
      'for example: etalon segment evaluate vip --from 2025-01-01 --to 2025-02-01',
    ]);
  const range = { from: instant('--from', from), ...(to === undefined ? {} : { to: instant('--to', to) }) };
  if (range.to !== undefined && Date.parse(range.to) <= Date.parse(range.from))
    throw new CommandFailure(exitCode.usage, `\`--to ${to}\` does not come after \`--from ${from}\``, [
      '`--to` is the instant to end before',
    ]);
  return range;
}

/** An instant that may stand in another zone, with all its digits. */
function inUtc(instant: string): string {
  const [, fraction = ''] = /\.(\d+)/.exec(instant) ?? [];
  const whole = new Date(Date.parse(instant.replace(/\.\d+/, ''))).toISOString().replace('.000Z', '');
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`;
}

async function listCuts(
  project: Project,
  flags: Flags,
  engine: Engine,
  segment: ManifestSegment,
  { cut, from, to }: Asked,
): Promise<readonly string[]> {
  if (cut !== undefined) return [cut];
  const complete = await readAsOf(project, getTarget(project, flags), engine, segment.reads);
  if (from === undefined) return [complete];
  const { timezone, weekStart } = project.manifest.project.calendar;
  const schedule = parseSchedule(segment.schedule, weekStart);
  const isTimed = typeof schedule !== 'string' && schedule.kind === 'cron';
  const daily = parseSchedule('daily', weekStart) as Extract<ReturnType<typeof parseSchedule>, { kind: 'cron' }>;
  const { line } = isTimed ? schedule : daily;
  // The cut at which all is complete is one of them.
  const end = to ?? new Date(Math.floor(Date.parse(complete) / 1000) * 1000 + 1000).toISOString().replace('.000Z', 'Z');
  const cuts = ticksBetween(line, timezone, from, end, mostCuts + 1);
  if (cuts.length === 0)
    throw new CommandFailure(exitCode.usage, `\`${segment.name}\` has no tick from ${from} to before ${end}`, [
      `it is evaluated ${segment.schedule}; one cut is asked for by \`--as-of\``,
    ]);
  if (cuts.length > mostCuts)
    throw new CommandFailure(exitCode.usage, `from ${from} to before ${end} there are more than ${mostCuts} ticks`, [
      'ask for a shorter time',
    ]);
  return cuts;
}
