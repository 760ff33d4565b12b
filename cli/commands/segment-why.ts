import { evaluateMask, type Value } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { languageOf } from '../project/language-of.ts';
import { loadProject } from '../project/load-project.ts';
import { sayAgainFor, titlesFor } from '../project/say-again.ts';
import { askSegments, requireSegment, type SegmentAnswer } from '../segment/ask-segments.ts';
import { askEvidence, type Evidence, evidenceColumns, evidenceRows, evidenceText } from '../segment/evidence.ts';
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
    const limit = flags.evidence as number;
    const found = limit === 0 ? [] : await askEvidence(asking, manifest, segment, entity, limit);
    const again = sayAgainFor(manifest, flags);
    const titles = titlesFor(manifest, flags);
    const lines = segment.words[languageOf(manifest, flags)];
    if (segment.rule?.form === 'split') {
      printPart(context, flags, titles, { asOf, answer, row, found, words: lines.map(({ text }) => text) });
      return;
    }
    const verdicts = evaluateMask(segment, String(row[1]));
    const values = valuesByPath(answer, row, 2);
    const rows = lines.map(({ path, text }): Value[] => [
      path,
      text,
      values.get(path) ?? null,
      wordOf(verdicts.get(path)),
    ]);
    const columns = ['condition', 'rule', 'value', 'holds'].map(textColumn);
    if (formatOf(flags) !== 'table') {
      const whole = rows.map((one) => [...one, evidenceText(found, String(one[0]))]);
      printAnswer(context, flags, asOf, [...columns, textColumn('evidence')], whole);
      return;
    }
    const inWords = rows.map(([path, text, value, holds]) => [path!, text!, value!, again(String(holds))]);
    printAnswer(context, flags, asOf, columns, inWords, titles);
    const said = `${segment.entity} ${entity} ${saying[row[0] as keyof typeof saying]}, as of ${asOf}`;
    context.output.out(`\n${again(said)}\n`);
    printEvidence(context, flags, titles, asOf, found);
  });
  return exitCode.done;
};

type Titles = ReturnType<typeof titlesFor>;

interface PartOf {
  readonly asOf: string;
  readonly answer: SegmentAnswer;
  readonly row: readonly Value[];
  readonly found: readonly Evidence[];
  /** The rule of the split: who is scored, by what, and which scores make which part. */
  readonly words: readonly string[];
}

/** The part of a split that somebody has: each score with what it is reckoned from, the rule, and the events. */
function printPart(context: Context, flags: Flags, titles: Titles, { asOf, answer, row, found, words }: PartOf): void {
  const part = row[0]!;
  const scores = valuesByPath(answer, row, 1);
  const columns = ['part', 'score', 'value'].map(textColumn);
  const scored = [...scores].map(([score, value]): Value[] => [part, score, value]);
  const rows = scored.length > 0 ? scored : [[part, null, null]];
  if (formatOf(flags) !== 'table') {
    const events = found.map((one) => evidenceText([one], one.path)).join('; ');
    const whole = rows.map((one) => [...one, events]);
    printAnswer(context, flags, asOf, [...columns, textColumn('evidence')], whole);
    return;
  }
  printAnswer(context, flags, asOf, columns, rows, titles);
  context.output.out(`\n${words.map((line) => `${line}\n`).join('')}`);
  printEvidence(context, flags, titles, asOf, found);
}

function printEvidence(context: Context, flags: Flags, titles: Titles, asOf: string, found: readonly Evidence[]): void {
  if (found.length === 0) return;
  context.output.out('\n');
  printAnswer(context, flags, asOf, evidenceColumns, evidenceRows(found), titles);
}

function wordOf(verdict: boolean | null | undefined): string {
  return verdict === true ? 'yes' : verdict === false ? 'no' : 'unknown';
}

/** `times 3, sum 120.00`, by condition; the values stand behind so many columns of `row`. */
function valuesByPath({ plan }: SegmentAnswer, row: readonly Value[], before: number): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [i, { path, name }] of plan.values.entries()) {
    const value = row[i + before] ?? null;
    const shown = `${name} ${value === null ? 'none' : String(value)}`;
    found.set(path, found.has(path) ? `${found.get(path)}, ${shown}` : shown);
  }
  return found;
}
