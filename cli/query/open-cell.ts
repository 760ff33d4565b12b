import { type PersonalId, planEntities } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatResult } from '../output/format-result.ts';
import type { Project } from '../project/load-project.ts';
import { pseudonym, shortestKey } from '../project/pseudonym.ts';
import { failQuestion } from './fail-question.ts';
import { type Asked, readCell } from './read-request.ts';

/** So many are shown where nobody says how many. */
const shown = 100;

/** The question behind `--entities`, planned before anything is opened. */
export function planCell(context: Context, project: Project, asked: Asked, flags: Flags, asOf: string) {
  const [metric, ...others] = asked.metrics;
  if (others.length > 0)
    throw new CommandFailure(exitCode.usage, 'a cell is of one metric', [
      `for example: etalon query ${metric} --entities --cell …`,
    ]);
  for (const name of ['by', 'grain', 'order', 'compare'] as const) {
    const value = asked[name];
    if (value === undefined || value.length === 0) continue;
    throw new CommandFailure(exitCode.usage, `\`--${name}\` does not apply to \`--entities\``, [
      'the cell names its period and groups: `--cell month=2025-03,country=DE`',
    ]);
  }
  const limit = asked.limit ?? shown;
  // One more than is shown tells whether there are more.
  const request = {
    metric: metric!,
    cell: readCell((flags.cell as readonly string[] | undefined) ?? []),
    limit: limit + 1,
    asOf,
    ...(asked.where === undefined ? {} : { where: asked.where }),
    ...(asked.from === undefined ? {} : { from: asked.from }),
    ...(asked.to === undefined ? {} : { to: asked.to }),
  };
  const { plan, personal, diagnostics } = planEntities(project.manifest, request);
  if (!plan) failQuestion(context, diagnostics, asked.where);
  const key = personal.length > 0 ? keyFor(context, project, personal) : undefined;
  return { plan, limit, key };
}

/** Ids that say who somebody is are shown as pseudonyms, by the project's key, or not at all. */
function keyFor(context: Context, { manifest }: Project, personal: readonly PersonalId[]): string {
  const { model, column, tags } = personal[0]!;
  const variable = manifest.project.hashKeyEnv;
  const key = variable === undefined ? undefined : context.env[variable];
  if (key !== undefined && key.length >= shortestKey) {
    context.output.hide(key);
    return key;
  }
  const hint =
    variable === undefined
      ? 'with `hash_key_env` in project.yml they are shown as pseudonyms'
      : `they are shown as pseudonyms where the key is in the environment variable ${variable}, of ${shortestKey} characters or more`;
  throw new CommandFailure(
    exitCode.usage,
    `the ids are not shown: \`${model}.${column}\` is personal data (${tags.map((tag) => `\`${tag}\``).join(', ')})`,
    [hint, `or let the entity have a key that is one: \`{hash: ${column}}\` in a clean model`],
  );
}

/** Who is in the cell; never more than the limit. */
export async function printCell(
  context: Context,
  project: Project,
  engine: Engine,
  target: string,
  { plan, limit, key }: ReturnType<typeof planCell>,
  format: 'table' | 'json' | 'csv',
  asOf: string,
): Promise<void> {
  const { manifest } = project;
  const { output } = context;
  const found = await queryTarget({ manifest, engine, plan, target });
  const at = plan.columns.findIndex(({ role }) => role === 'entity');
  const rows = found.rows
    .slice(0, limit)
    .map((row) => row.map((value, i) => (i === at && key ? pseudonym(value, key) : value)));
  output.out(formatResult(plan.columns, rows, format, { asOf, paint: output.outColours.bold }));
  const { dim } = output.errColours;
  const lines = [
    found.rows.length > limit ? `the first ${limit}; there are more: raise --limit` : `${rows.length} in the cell`,
    ...(key ? ['the ids are hashed: their column is personal data'] : []),
  ];
  output.err(dim(`${lines.join('\n')}\n`));
}
