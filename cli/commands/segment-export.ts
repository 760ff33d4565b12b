import { loadParser, type ManifestSegment } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import type { ChainedLine, LedgerLine } from '../../runtime/export/ledger-line.ts';
import type { PreparedExport } from '../../runtime/export/prepare-export.ts';
import { withFrozenRulers } from '../../runtime/segments/with-frozen-rulers.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject, type Project } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { requireInstant } from '../project/read-as-of.ts';
import { findAsOf, readTargetHistory, targetExists } from '../project/read-target-history.ts';
import { requireSegment } from '../segment/ask-segments.ts';
import { deliver } from '../segment/deliver.ts';
import {
  type Destination,
  exportId,
  readDestination,
  requirePurpose,
  requireRole,
  whoExports,
} from '../segment/export-request.ts';
import { placeFile, requireFree } from '../segment/place-file.ts';
import { printLine } from '../segment/print-line.ts';

export const segmentExport: Command = async (context, [name], flags) => {
  const project = await loadProject(context, flags);
  const segment = requireSegment(project.manifest, name!);
  const part = requirePart(segment, flags.part as string | undefined);
  const said = { who: whoExports(context), role: requireRole(context, flags), purpose: requirePurpose(flags) };
  const destination = readDestination(context, flags);
  const path = destination.kind === 'file' ? requireFree(context.cwd, destination.path) : '';
  if (!targetExists(project, getTarget(project, flags))) failUnbuilt(getTarget(project, flags));
  return withTarget(context, project, flags, async (engine) => {
    await openLedger(context, project, flags, engine);
    const asOf = await requireLeave(context, project, flags, engine, segment, said.role);
    const id = exportId(context.clock());
    const { prepareExport } = await import('../../runtime/export/prepare-export.ts');
    const target = getTarget(project, flags).name;
    const manifest = await withFrozenRulers({ manifest: project.manifest, engine, target });
    const found = await prepareExport({ manifest, engine, target, segment, asOf, id, ...(part ? { part } : {}) });
    if ('obstacle' in found) throw new CommandFailure(exitCode.failed, found.obstacle.message, found.obstacle.hints);
    const line = lineOf(context, segment, part, { ...said, id, asOf, destination, prepared: found.prepared });
    if (destination.kind === 'file') {
      printLine(context, flags, await writeFile(engine, path, destination, found.prepared, line));
      return exitCode.done;
    }
    return sendRows(context, flags, engine, destination, found.prepared, line);
  });
};

type Said = Pick<LedgerLine, 'who' | 'role' | 'purpose' | 'id' | 'asOf'>;
type Line = Omit<LedgerLine, 'what' | 'contentHash'>;

function lineOf(
  context: Context,
  segment: ManifestSegment,
  part: string | undefined,
  { prepared, destination, ...said }: Said & { readonly prepared: PreparedExport; readonly destination: Destination },
): Line {
  return {
    ...said,
    at: context.clock(),
    segment: part === undefined ? segment.name : `${segment.name}.${part}`,
    segmentVersion: segment.version,
    fingerprint: segment.fingerprint,
    columns: prepared.columns.map(({ name }) => name),
    destination: destination.kind === 'file' ? destination.path : destination.variable,
    rows: prepared.rows.length,
    idsHash: prepared.idsHash,
    watermark: prepared.watermark,
  };
}

function requirePart({ name, rule }: ManifestSegment, part: string | undefined): string | undefined {
  if (part === undefined) return undefined;
  const parts = rule?.form === 'split' ? rule.split.parts.map((one) => one.name) : [];
  if (parts.includes(part)) return part;
  throw new CommandFailure(exitCode.usage, `\`${name}\` has no part \`${part}\``, [
    parts.length === 0 ? 'it is no split: leave `--part` out' : `its parts: ${parts.join(', ')}`,
  ]);
}

/** A target that an earlier Etalon wrote has no ledger yet. */
async function openLedger(context: Context, project: Project, flags: Flags, engine: Engine): Promise<void> {
  await loadParser();
  const { openCurrentStore } = await import('../../runtime/run/prepare-run.ts');
  const target = getTarget(project, flags);
  const store = await openCurrentStore({ manifest: project.manifest, engine, target: target.name, effects: context });
  if (store.schemaVersion === 0) failUnbuilt(target);
}

/** The cut, where the rows may leave. */
async function requireLeave(
  context: Context,
  project: Project,
  flags: Flags,
  engine: Engine,
  segment: ManifestSegment,
  role: string,
): Promise<string> {
  const { findObstacle } = await import('../../runtime/export/judge-export.ts');
  const target = getTarget(project, flags);
  const history = await readTargetHistory(project, target, engine);
  const obstacle = findObstacle(project.manifest, segment, role, { history, now: context.clock() });
  if (obstacle) throw new CommandFailure(exitCode.failed, obstacle.message, obstacle.hints);
  const complete = findAsOf(history, segment.reads) ?? failUnbuilt(target);
  if (flags.asOf === undefined) return complete;
  const asOf = requireInstant(project, flags.asOf as string);
  if (Date.parse(asOf) <= Date.parse(complete)) return asOf.endsWith('Z') ? asOf : new Date(asOf).toISOString();
  throw new CommandFailure(
    exitCode.failed,
    `what \`${segment.name}\` is made from is complete only up to ${complete}`,
    [`export it as of then: leave \`--as-of\` out`],
  );
}

async function writeFile(
  engine: Engine,
  path: string,
  { format }: Extract<Destination, { kind: 'file' }>,
  { columns, rows }: PreparedExport,
  line: Line,
): Promise<ChainedLine> {
  const { recordFile } = await import('../../runtime/export/record-export.ts');
  const { hash } = await import('../../runtime/export/prepare-export.ts');
  return placeFile(path, format, columns, rows, (bytes) =>
    recordFile(engine, { ...line, what: 'file', contentHash: hash(bytes) }),
  );
}

async function sendRows(
  context: Context,
  flags: Flags,
  engine: Engine,
  { webhook, batch }: Extract<Destination, { kind: 'webhook' }>,
  { columns, rows }: PreparedExport,
  line: Line,
) {
  const { cutBatches, recordDelivery } = await import('../../runtime/export/record-export.ts');
  const recorded = await recordDelivery(engine, line, cutBatches(line, columns, rows, batch));
  printLine(context, flags, recorded);
  return deliver(context, engine, recorded, webhook);
}
