import type { ManifestModel } from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';
import { withPads } from '../run/hash-key.ts';
import { observeSources } from '../run/observe-sources.ts';
import type { Naming } from '../run/run-context.ts';
import { inputsOf } from '../schedule/inputs-of.ts';
import { changedBuilds } from '../schedule/test-marks.ts';
import { whyOther } from '../schedule/why-other.ts';
import { readRunStarts } from '../state/read-journal.ts';
import type { CurrentVersion } from '../state/records.ts';
import { compareFiles } from './compare-files.ts';
import { compareRows } from './compare-rows.ts';
import { countRows, type Finding, listNames, type RowDifference, rebuildOf } from './finding.ts';
import { namingOf, type Standing, type UpkeepRequest } from './standing.ts';

/** A model whose rows could not, or need not, be those of a rebuild now. */
export interface NotCompared {
  readonly model: string;
  readonly why: string;
}

export interface RowsChecked {
  readonly findings: readonly Finding[];
  readonly compared: readonly string[];
  readonly notCompared: readonly NotCompared[];
}

/** `partly`: what could not be compared beside what was. */
type Verdict = { readonly finding?: Finding; readonly partly?: string } | { readonly why: string };

/** Holds every row to what a full rebuild would leave. Models that the next run builds anyway are not held to it. */
export async function checkRows(
  request: UpkeepRequest,
  standing: Standing,
  versions: readonly CurrentVersion[],
  known: readonly Finding[],
): Promise<RowsChecked> {
  const findings: Finding[] = [];
  const compared: string[] = [];
  const notCompared: NotCompared[] = [];
  const starts = await readRunStarts(standing.store);
  const broken = new Set(known.filter(({ what }) => what === 'table' || what === 'columns').map(({ model }) => model));
  for (const version of versions) {
    const model = standing.models.get(version.model);
    const why =
      model === undefined
        ? 'it is defined no longer'
        : broken.has(version.model)
          ? 'see above'
          : whyNot(standing, model, version);
    const startedAt = starts.get(version.run) ?? request.clock();
    const verdict: Verdict =
      why === undefined ? await compare(request, standing, model!, version, namingOf(standing, startedAt)) : { why };
    if ('why' in verdict) notCompared.push({ model: version.model, why: verdict.why });
    else {
      compared.push(version.model);
      if (verdict.finding !== undefined) findings.push(verdict.finding);
      if (verdict.partly !== undefined) notCompared.push({ model: version.model, why: verdict.partly });
    }
  }
  return { findings, compared, notCompared };
}

/** Why the version is not what a run would leave now, and need not be. */
function whyNot(standing: Standing, model: ManifestModel, version: CurrentVersion): string | undefined {
  const other = whyOther(version, model);
  if (other !== undefined) return `${other}: the next run builds it anew`;
  if (model.source !== undefined) {
    return model.source.from === 'table' ? 'it reads its table where that stands, row for row' : undefined;
  }
  if (model.hashes && standing.hashKey === undefined)
    return 'it is computed with the key of `hash:`, which is not known';
  const builds = Object.fromEntries(
    inputsOf(model).flatMap((name) => {
      const input = standing.versions.get(name);
      return input === undefined ? [] : [[name, input.build]];
    }),
  );
  const changed = changedBuilds(version.inputs, builds);
  return changed.length === 0
    ? undefined
    : `it has not seen all of ${listNames(changed)} yet: the next run brings it up to date`;
}

async function compare(
  request: UpkeepRequest,
  standing: Standing,
  model: ManifestModel,
  version: CurrentVersion,
  naming: Naming,
): Promise<Verdict> {
  try {
    if (model.source !== undefined) return await compareSource(request, standing, model, version);
    const session = withPads(standing.engine, standing.hashKey);
    const { difference, partly } = await compareRows(session, naming, model, version.relation, true);
    return {
      ...(difference === undefined ? {} : { finding: describeDifference(model, difference) }),
      ...(partly === undefined ? {} : { partly }),
    };
  } catch (error) {
    if (!(error instanceof EngineError) || (error.kind !== 'sql' && error.kind !== 'data')) throw error;
    return { why: `it could not be computed: ${error.message}` };
  }
}

function describeDifference(model: ManifestModel, difference: RowDifference): Finding {
  const { missing, extra } = difference;
  const parts = [
    ...(missing > 0 ? [`${countRows(missing)} of a rebuild ${missing === 1 ? 'is' : 'are'} not there`] : []),
    ...(extra > 0 ? [`${countRows(extra)} ${extra === 1 ? 'is' : 'are'} there that a rebuild would not have`] : []),
  ];
  return {
    kind: 'finding',
    what: 'rows',
    model: model.name,
    message: parts.join(', '),
    mend: `${rebuildOf(model.name)}; where it comes back, its query does not say which of equal rows it takes`,
    difference,
  };
}

/** Files that are marked and there, with the content that was loaded. New and changed ones are news, not faults. */
async function compareSource(
  request: UpkeepRequest,
  standing: Standing,
  model: ManifestModel,
  version: CurrentVersion,
): Promise<Verdict> {
  const { engine, snapshot } = standing;
  const observed = await observeSources(engine, request.folder, [model], snapshot, request.clock());
  const here = new Map((observed.files[model.name] ?? []).map((file) => [file.name, file]));
  const marks = snapshot.files.filter((file) => file.model === model.name);
  const names = marks.filter(({ path, sha256 }) => here.get(path)?.sha256 === sha256).map(({ path }) => path);
  if (names.length === 0 && marks.length > 0) return { why: 'none of its files is there as it was loaded' };
  const files = await compareFiles(engine, model, version.relation, request.folder, names, request.clock());
  const wrong = files.filter(({ missing, extra }) => missing + extra > 0);
  const others = marks.length - names.length;
  const partly =
    others === 0 ? {} : { partly: `${others} of ${marks.length} files, which are not there as they were loaded` };
  if (wrong.length === 0) return partly;
  const missing = wrong.reduce((sum, file) => sum + file.missing, 0);
  const extra = wrong.reduce((sum, file) => sum + file.extra, 0);
  const message = `the rows of ${listNames(wrong.map(({ name }) => name))} are not those of the file: ${missing} missing, ${extra} more`;
  const difference = { missing, extra, missingKeys: [], extraKeys: [] };
  const mend = rebuildOf(model.name);
  const finding: Finding = { kind: 'finding', what: 'rows', model: model.name, message, mend, difference };
  return { finding, ...partly };
}
