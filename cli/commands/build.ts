import type { ExamplesRun } from '../../runtime/run/run-examples.ts';
import type { RunResult } from '../../runtime/run/run-types.ts';
import type { Command, Context, Flags } from '../context.ts';
import { buildDictionary, type Dictionary } from '../dictionary/build-dictionary.ts';
import { chooseFolder } from '../dictionary/choose-folder.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { formatJson, formatJsonLine } from '../output/format-json.ts';
import { formatCount, formatSeconds } from '../output/format-quantity.ts';
import { loadProject } from '../project/load-project.ts';
import { withTarget } from '../project/open-target.ts';
import { executeRun } from '../run/execute-run.ts';
import { readHashKey } from '../run/read-hash-key.ts';
import { readProjectExamples } from '../run/run-project-examples.ts';
import { formatExamples, formatFailedExamples, totalExamples } from '../run/summarise-examples.ts';
import { codeOf, formatModels, formatSegments, formatTests, totalRun } from '../run/summarise-run.ts';

interface Built {
  readonly result: RunResult;
  readonly examples: ExamplesRun;
  /** Absent where the run was interrupted. */
  readonly dictionary?: Dictionary;
  readonly seconds: number;
}

export const build: Command = async (context, _words, flags) => {
  const since = context.stopwatch();
  const project = await loadProject(context, flags);
  // What the flags and folders are wrong about is told before a target is opened, which may make its file.
  await readHashKey(context, project, flags);
  chooseFolder(context, project, flags);
  const built = await withTarget(context, project, flags, async (engine): Promise<Built> => {
    const result = await executeRun(context, project, flags, engine, { command: 'build' });
    const seconds = () => context.stopwatch() - since;
    if (result.status === 'interrupted') {
      return { result, examples: { results: [], notComputed: 0 }, seconds: seconds() };
    }
    const examples = await readProjectExamples(context, project);
    const dictionary = await buildDictionary(context, project, flags, {
      engine,
      examples,
      store: { run: result.id },
    });
    return { result, examples, dictionary, seconds: seconds() };
  });
  print(context, flags, built);
  return codeOfBuild(built, flags, project.diagnostics.length);
};

/** A failed example is a failure though every table was published. */
function codeOfBuild({ result, examples }: Built, flags: Flags, warnings: number): ExitCode {
  const code = codeOf(result, flags.failOn, warnings);
  const failed = totalExamples(examples).failed > 0;
  return failed && (code === exitCode.done || code === exitCode.warned) ? exitCode.failed : code;
}

function print({ output }: Context, flags: Flags, { result, examples, dictionary, seconds }: Built): void {
  const totals = totalRun(result);
  const exampleTotals = totalExamples(examples);
  if (flags.events) {
    output.out(formatJsonLine({ event: 'build_ended', totals, examples: exampleTotals, dictionary, seconds }));
    return;
  }
  if (flags.json) {
    output.out(formatJson({ ...result, totals, examples: examples.results, dictionary, seconds }));
    return;
  }
  const colours = output.outColours;
  output.err(formatFailedExamples(examples, output.errColours));
  const segments = formatSegments(totals, colours);
  const lines = [
    ['models', formatModels(totals, colours)],
    ['tests', formatTests(totals, colours)],
    ...(segments === undefined ? [] : [['segments', segments]]),
    ['examples', formatExamples(exampleTotals, colours)],
    ...(dictionary
      ? [
          [
            'dictionary',
            `${formatCount(dictionary.pages, 'page')}, ${dictionary.written} files changed: ${dictionary.url}`,
          ],
        ]
      : []),
    ['target', result.target],
    [result.status, `in ${formatSeconds(seconds)}`],
  ];
  output.out(lines.map(([title, text]) => `${colours.bold(title!.padEnd(10))}  ${text}\n`).join(''));
}
