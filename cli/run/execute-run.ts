import type { Engine } from '../../runtime/engine/engine.ts';
import type { RunEvent, RunResult } from '../../runtime/run/run-types.ts';
import type { SegmentRequest } from '../../runtime/schedule/plan-segments.ts';
import { evaluateSegment } from '../../runtime/segments/evaluate-segment.ts';
import type { Context, Flags } from '../context.ts';
import { createNotifier } from '../notify/create-notifier.ts';
import { formatJsonLine } from '../output/format-json.ts';
import { createProgress } from '../output/progress.ts';
import type { Project } from '../project/load-project.ts';
import { countThreads, getTarget } from '../project/open-target.ts';
import { selectNames } from '../project/select-names.ts';
import { readPatience } from './patience.ts';
import { readHashKey } from './read-hash-key.ts';

/** Runs with what the flags say, and shows it as it goes on: live, as lines, or as events. */
export async function executeRun(
  context: Context,
  project: Project,
  flags: Flags,
  engine: Engine,
  options: {
    readonly command: string;
    readonly testsOnly?: boolean;
    /** Models and segments in place of those that the flags select. */
    readonly chosen?: { readonly models: readonly string[]; readonly segments: SegmentRequest };
  },
): Promise<RunResult> {
  const { run } = await import('../../runtime/run/run.ts');
  const target = getTarget(project, flags);
  const selected = flags.select === undefined ? undefined : await selectNames(project.manifest, flags);
  const models = options.chosen?.models ?? (selected && [...selected.models]);
  const segments = options.chosen?.segments ?? (await segmentsOf(project, flags, options.command));
  // What builds no model hashes nothing.
  const isWithoutModels = options.testsOnly === true || models?.length === 0;
  const hashKey = isWithoutModels ? undefined : await readHashKey(context, project, flags);
  const shown = createListener(context, flags);
  // Whoever works at a definition need not tell the team.
  const notify = options.command === 'dev' ? undefined : await createNotifier(context, project.manifest);
  try {
    return await run({
      manifest: project.manifest,
      engine,
      target: target.name,
      command: options.command,
      ...(models ? { select: models } : {}),
      ...(selected ? { selectTests: [...selected.tests] } : {}),
      ...(segments.names.length > 0 && !options.testsOnly
        ? { segments: { ...segments, evaluate: evaluateSegment } }
        : {}),
      threads: countThreads(target, flags),
      fullRefresh: flags.fullRefresh === true,
      acceptLoss: flags.acceptLoss === true,
      ...(hashKey ? { hashKey } : {}),
      testsOnly: options.testsOnly === true,
      ...readPatience(flags, false),
      effects: {
        clock: context.clock,
        emit: shown.emit,
        folder: project.folder,
        signal: context.signal,
        ...(notify ? { notify } : {}),
      },
    });
  } finally {
    shown.end();
  }
}

/** Whoever works at a definition wants no memory of what it said meanwhile. */
async function segmentsOf(project: Project, flags: Flags, command: string): Promise<SegmentRequest> {
  if (command === 'dev') return { names: [] };
  return { names: [...(await selectNames(project.manifest, flags)).segments] };
}

/** Shows what happens: live, as lines, or as events. */
export function createListener(context: Context, flags: Flags): { emit(event: RunEvent): void; end(): void } {
  if (flags.events) return { emit: (event) => context.output.out(formatJsonLine(event)), end: () => undefined };
  return createProgress(context);
}
