import type { Manifest } from '../../compiler/index.ts';
import type { EndedProblem, Notice } from '../../runtime/run/run-types.ts';
import type { Problem } from '../../runtime/state/history-types.ts';
import { formatCount } from '../output/format-quantity.ts';

const shownModels = 8;

/** What a run has to tell, as a message in Slack's markup: what is wrong by root cause, then what is over. No value of a row is in it. */
export function slackText(notice: Notice, manifest: Manifest): string {
  const { project, target, command, run, opened, ended } = notice;
  const errors = opened.filter(({ severity }) => severity === 'error').length;
  const counts = [
    ...(errors > 0 ? [formatCount(errors, 'problem')] : []),
    ...(opened.length > errors ? [formatCount(opened.length - errors, 'warning')] : []),
    ...(ended.length > 0 ? [`${ended.length} over`] : []),
  ];
  const lines = [
    `*${escapeText(project)}* on \`${escapeText(target)}\`: ${counts.join(', ')}`,
    ...groupByModel(opened).map((problems) => openedText(problems, manifest)),
    ...ended.map(endedText),
    `_etalon ${escapeText(command)}, run ${escapeText(run)}_`,
  ];
  return lines.join('\n');
}

/** Problems of one model are told together: what waits below waits for all of them. */
function groupByModel(problems: readonly Problem[]): readonly (readonly Problem[])[] {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = problem.model ?? `${problem.kind} ${problem.subject}`;
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  return [...groups.values()];
}

function openedText(problems: readonly Problem[], manifest: Manifest): string {
  const skipped = [...new Set(problems.flatMap((problem) => problem.skipped))];
  const owners = [...new Set(problems.flatMap((problem) => ownerOf(problem, manifest) ?? []))];
  const shown = skipped.slice(0, shownModels).map((name) => `\`${escapeText(name)}\``);
  const more = skipped.length > shownModels ? ` and ${skipped.length - shownModels} more` : '';
  const lines = problems.map(({ subject, severity, reason }) => {
    const sign = severity === 'error' ? ':red_circle:' : ':large_yellow_circle:';
    return `${sign} \`${escapeText(subject)}\`: ${escapeText(reason)}`;
  });
  return [
    ...lines,
    ...(skipped.length > 0 ? [`      not brought up to date below: ${shown.join(', ')}${more}`] : []),
    ...(owners.length > 0 ? [`      owner: ${escapeText(owners.join(', '))}`] : []),
  ].join('\n');
}

function endedText({ subject, since, outcome }: EndedProblem): string {
  const words = outcome === 'gone' ? 'has left the project' : 'is right again';
  return `:white_check_mark: \`${escapeText(subject)}\` ${words} (wrong since ${minutes(since)} UTC)`;
}

function ownerOf({ kind, subject, model }: Problem, { models, tests, segments }: Manifest): string | undefined {
  if (kind === 'segment') return segments.find(({ name }) => name === subject)?.owner;
  const own = kind === 'test' ? tests.find(({ name }) => name === subject)?.owner : undefined;
  return own ?? models.find(({ name }) => name === model)?.owner;
}

/** Slack's own three: https://api.slack.com/reference/surfaces/formatting#escaping */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `2025-03-01 04:00` */
function minutes(instant: string): string {
  return instant.replace('T', ' ').slice(0, 16);
}
