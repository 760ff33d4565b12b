import { evaluateMask, type Value } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { languageOf } from '../project/language-of.ts';
import { loadProject } from '../project/load-project.ts';
import { askSegments, requireSegment, type SegmentAnswer } from '../segment/ask-segments.ts';
import { askEvidence, evidenceColumns, evidenceRows, evidenceText } from '../segment/evidence.ts';
import { formatOf, printAnswer, textColumn } from '../segment/print-answer.ts';

const saying = { member: 'is in it', unknown: 'is not in it: the rule cannot tell', out: 'is not in it' } as const;

export const segmentWhy: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const { manifest } = project;
  const segment = requireSegment(manifest, name!);
  const entity = flags.user as string;
  await askSegments(context, project, flags, [segment], async (asking) => {
    const { asOf, ask } = asking;
    const answer = await ask({ ask: 'entity', segment: segment.name, entity });
    const [row] = answer.rows;
    if (!row)
      throw new CommandFailure(exitCode.failed, `no ${segment.entity} \`${entity}\` is known before ${asOf}`, [
        segment.rule?.form === 'split'
          ? 'whoever is excluded is in no part either'
          : `everyone there is has a row in ${segment.attributes ?? segment.reads.join(', ')}`,
      ]);
    if (segment.rule?.form === 'split') {
      printAnswer(context, flags, asOf, [textColumn('part')], [[row[0]!]]);
      return;
    }
    const verdicts = evaluateMask(segment, String(row[1]));
    const values = valuesByPath(answer, row);
    const rows = segment.words[languageOf(manifest, flags)].map(({ path, text }): Value[] => [
      path,
      text,
      values.get(path) ?? null,
      wordOf(verdicts.get(path)),
    ]);
    const limit = flags.evidence as number;
    const found = limit === 0 ? [] : await askEvidence(asking, manifest, segment, entity, limit);
    const columns = ['condition', 'rule', 'value', 'holds'].map(textColumn);
    if (formatOf(flags) !== 'table') {
      const whole = rows.map((one) => [...one, evidenceText(found, String(one[0]))]);
      printAnswer(context, flags, asOf, [...columns, textColumn('evidence')], whole);
      return;
    }
    printAnswer(context, flags, asOf, columns, rows);
    context.output.out(`\n${segment.entity} ${entity} ${saying[row[0] as keyof typeof saying]}, as of ${asOf}\n`);
    if (found.length === 0) return;
    context.output.out('\n');
    printAnswer(context, flags, asOf, evidenceColumns, evidenceRows(found));
  });
  return exitCode.done;
};

function wordOf(verdict: boolean | null | undefined): string {
  return verdict === true ? 'yes' : verdict === false ? 'no' : 'unknown';
}

/** `times 3, sum 120.00` */
function valuesByPath({ plan }: SegmentAnswer, row: readonly Value[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [i, { path, name }] of plan.values.entries()) {
    const value = row[i + 2] ?? null;
    const shown = `${name} ${value === null ? 'none' : String(value)}`;
    found.set(path, found.has(path) ? `${found.get(path)}, ${shown}` : shown);
  }
  return found;
}
