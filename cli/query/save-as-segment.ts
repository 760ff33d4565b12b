import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileFiles, type Manifest, planSegment, type QueryPlan, writeCellSegment } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatCount } from '../output/format-quantity.ts';
import { writeFile } from '../output/write-file.ts';
import type { Project } from '../project/load-project.ts';
import { failQuestion } from './fail-question.ts';
import type { Asked } from './read-request.ts';

/** The file of a new segment that is a cell: its name must be free. */
export interface SavedCell {
  readonly name: string;
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** The cell as a segment's file, planned before anything is opened. */
export function planSaved(
  context: Context,
  { manifest, folder }: Project,
  name: string,
  asked: Asked,
  cell: Readonly<Record<string, string>>,
): SavedCell {
  if (!/^[a-z_][a-z0-9_]*$/.test(name))
    throw new CommandFailure(exitCode.usage, `\`--save-as-segment ${name}\`: no name of a segment`, [
      'small letters, digits and `_`, a letter first',
    ]);
  const path = `segments/${name}.yml`;
  const isTaken = manifest.segments.some((segment) => segment.name === name) || existsSync(join(folder, path));
  if (isTaken)
    throw new CommandFailure(exitCode.usage, `there is a segment \`${name}\` already`, ['give it another name']);
  const { where, from, to, metrics } = asked;
  const { text, diagnostics } = writeCellSegment(manifest, name, {
    metric: metrics[0]!,
    cell,
    ...(where === undefined ? {} : { where }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  return text === undefined ? failQuestion(context, diagnostics, undefined) : { name, path, text };
}

/**
 * Writes the file once it is known to compile and to have the very members of the cell, as of the same instant. Where a rule cannot say all that the cell does, nothing is written.
 */
export async function saveCell(
  context: Context,
  { folder, files, manifest }: Project,
  engine: Engine,
  target: string,
  saved: SavedCell,
  cell: QueryPlan,
  asOf: string,
): Promise<void> {
  const { name, path, text } = saved;
  const compiled = compileFiles([...files, { kind: 'source-file', path, text }]);
  const error = compiled.diagnostics.find(({ severity }) => severity === 'error');
  if (!compiled.manifest || error)
    throw new CommandFailure(
      exitCode.failed,
      `the cell is no segment: ${error?.message ?? 'it does not compile'}`,
      error?.hints,
    );
  const members = await readMembers(compiled.manifest, engine, target, name, asOf);
  const { rows } = await queryTarget({ manifest, engine, plan: { ...cell, sql: withoutLimit(cell.sql) }, target });
  const at = cell.columns.findIndex(({ role }) => role === 'entity');
  const ofCell = new Set(rows.map((row) => String(row[at])));
  const missing = [...ofCell].filter((one) => !members.has(one)).length;
  const more = [...members].filter((one) => !ofCell.has(one)).length;
  if (missing + more > 0)
    throw new CommandFailure(
      exitCode.failed,
      `a rule does not say what the cell does: of ${formatCount(ofCell.size, 'entity', 'entities')} it lacks ${missing}, and has ${more} others`,
      ['the cell may hold entities without a row of properties, or count by something that rules do not have'],
    );
  writeFile(join(folder, path), text);
  context.output.err(
    `${path}: segment \`${name}\`, ${formatCount(members.size, 'member')} as of ${asOf}, those of the cell\n`,
  );
}

async function readMembers(
  manifest: Manifest,
  engine: Engine,
  target: string,
  segment: string,
  asOf: string,
): Promise<ReadonlySet<string>> {
  const { plan, diagnostics } = planSegment(manifest, { ask: 'members', segment }, asOf);
  if (!plan) throw new CommandFailure(exitCode.failed, diagnostics[0]?.message ?? 'the segment has no plan');
  const { rows } = await queryTarget({ manifest, engine, plan, target });
  return new Set(rows.map(([key]) => String(key)));
}

/** All of the cell, not the first of it. */
function withoutLimit(sql: string): string {
  return sql.replace(/ limit \d+$/, '');
}
