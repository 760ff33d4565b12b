import type { Manifest, ManifestSegment, ManifestTest } from '../../compiler/index.ts';
import { judgeFreshness } from '../schedule/judge-freshness.ts';
import type { History } from '../state/history-types.ts';

/** Why rows do not leave. */
export interface Obstacle {
  readonly message: string;
  readonly hints: readonly string[];
}

/** May these members leave the house? `undefined`: they may, as far as can be told before they are counted. */
export function findObstacle(
  manifest: Manifest,
  segment: ManifestSegment,
  role: string,
  { history, now }: { readonly history: History; readonly now: string },
): Obstacle | undefined {
  return (
    judgeDefinition(segment, role) ??
    judgeInputs(manifest, segment, history) ??
    judgeAges(manifest, segment, history, now)
  );
}

function judgeDefinition(
  { name, status, path, line, export: share }: ManifestSegment,
  role: string,
): Obstacle | undefined {
  const place = `${path}:${line}`;
  if (status !== 'production')
    return {
      message: `segment \`${name}\` is ${status === 'draft' ? 'a draft' : 'archived'}, and only what is in production is exported`,
      hints: [`\`status: production\` is said in ${place}, once somebody has reviewed it`],
    };
  if (share === undefined)
    return {
      message: `segment \`${name}\` does not say what may leave the house`,
      hints: [`add to it in ${place}: \`export: {columns: [user_id], limit: 1000, roles: [crm]}\``],
    };
  if (share.roles.length > 0 && !share.roles.includes(role))
    return {
      message: `the role \`${role}\` may not export \`${name}\``,
      hints: [`\`export: roles\` of ${place} names ${share.roles.map((one) => `\`${one}\``).join(', ')}`],
    };
  return undefined;
}

/** Models that the members are computed from, however far up. */
function modelsBehind({ models }: Manifest, { reads, attributes }: ManifestSegment): ReadonlySet<string> {
  const byName = new Map(models.map((model) => [model.name, model]));
  const behind = new Set([...reads, ...(attributes === undefined ? [] : [attributes])]);
  for (const name of behind) for (const read of byName.get(name)?.reads ?? []) behind.add(read);
  return behind;
}

/** Segments that are named in it, however deep, and itself. */
function segmentsBehind({ segments }: Manifest, { name }: ManifestSegment): ReadonlySet<string> {
  const behind = new Set([name]);
  for (const one of behind) for (const input of segments.find((s) => s.name === one)?.inputs ?? []) behind.add(input);
  return behind;
}

function judgeInputs(manifest: Manifest, segment: ManifestSegment, history: History): Obstacle | undefined {
  const { name } = segment;
  const models = modelsBehind(manifest, segment);
  for (const model of models) {
    const { status = 'never', reason = 'never built' } = history.models[model] ?? {};
    if (status !== 'ok')
      return {
        message: `\`${name}\` is made from \`${model}\`, which is ${status === 'never' ? 'not built' : status}: ${reason}`,
        hints: ['etalon run brings it up to date; etalon status says more'],
      };
  }
  const segments = segmentsBehind(manifest, segment);
  for (const test of manifest.tests.filter((one) => isOf(one, models, segments))) {
    const last = history.tests[test.name];
    if (last === undefined && test.segment !== undefined)
      return {
        message: `the data test \`${test.name}\` of \`${name}\` was never run`,
        hints: ['etalon test runs it'],
      };
    if (last?.severity === 'error' && (last.status === 'failed' || last.status === 'error'))
      return {
        message: `the data test \`${test.name}\` fails: ${last.message ?? test.words.en}`,
        hints: [`\`${name}\` is made from what it tests; etalon status says since when`],
      };
  }
  return undefined;
}

/** Tests of what the members come from. One that spans models counts where it looks at any of them. */
function isOf(
  { model, segment, reads }: ManifestTest,
  models: ReadonlySet<string>,
  segments: ReadonlySet<string>,
): boolean {
  if (segment !== undefined) return segments.has(segment);
  return model === undefined ? reads.some((read) => models.has(read)) : models.has(model);
}

function judgeAges(manifest: Manifest, segment: ManifestSegment, history: History, now: string): Obstacle | undefined {
  const models = modelsBehind(manifest, segment);
  for (const { name, source } of manifest.models) {
    if (!source?.freshness || !models.has(name)) continue;
    const { rows, completeThrough } = history.models[name] ?? {};
    const judged = judgeFreshness(source.freshness, rows === 0 ? undefined : completeThrough, now);
    if (judged.state === 'error')
      return {
        message: `\`${segment.name}\` is made from \`${name}\`, which is stale: ${judged.words}`,
        hints: ['etalon run takes in what has arrived since'],
      };
  }
  return undefined;
}
