import { describeRun } from '../run/describe-holders.ts';
import { readHolders } from '../state/claim.ts';
import { newestVersion } from '../state/migrations.ts';
import type { CurrentVersion } from '../state/records.ts';
import { checkChanges } from './check-changes.ts';
import { checkCounts } from './check-counts.ts';
import { checkFiles } from './check-files.ts';
import { checkRows, type NotCompared } from './check-rows.ts';
import { checkStrays } from './check-strays.ts';
import { checkVersion } from './check-versions.ts';
import type { Finding } from './finding.ts';
import { findPublished, isSelected, nameOf, readStanding, type Standing, type UpkeepRequest } from './standing.ts';

export interface VerifyRequest extends UpkeepRequest {
  /** Compute each model whole, read each file again, and compare all rows. */
  readonly deep: boolean;
}

export interface Verified {
  /** Published models that were looked at. */
  readonly models: number;
  readonly findings: readonly Finding[];
  /** Models whose rows were all compared. */
  readonly compared: readonly string[];
  readonly notCompared: readonly NotCompared[];
}

/** Holds a target to its own record. Writes nothing. */
export async function verifyState(request: VerifyRequest): Promise<Verified> {
  const standing = await readStanding(request);
  const nothing = { models: 0, compared: [], notCompared: [] };
  if (standing.state !== 'current') return { ...nothing, findings: checkState(standing) };
  const versions = standing.snapshot.versions.filter(({ model }) => isSelected(request, model));
  const findings: Finding[] = [
    ...(await checkRuns(standing)),
    ...checkUnmarked(request, standing),
    ...versions.flatMap((version) => checkVersion(standing, version)),
    ...(await checkCounts(standing, versions)),
    ...(await checkAllFiles(standing, versions)),
    ...versions.flatMap(({ model }) => checkChanges(standing, model)),
    ...(request.select === undefined ? await checkStrays(standing) : []),
  ];
  if (!request.deep) return { ...nothing, models: versions.length, findings };
  const deep = await checkRows(request, standing, versions, findings);
  return {
    models: versions.length,
    findings: [...findings, ...deep.findings],
    compared: deep.compared,
    notCompared: deep.notCompared,
  };
}

function checkState(standing: Standing): readonly Finding[] {
  const at = { kind: 'finding', what: 'state' } as const;
  if (standing.state === 'older') {
    const message = `the schema \`etalon_state\` has version ${standing.store.schemaVersion}, this Etalon wants ${newestVersion}, and cannot read it before`;
    return [{ ...at, message, mend: '`etalon run` brings it up to date' }];
  }
  const built = [...standing.catalog.values()].filter(({ name }) => name.schema === 'etalon_tables');
  if (built.length === 0) return [];
  const message = `\`etalon_tables\` holds ${built.length} relations, and \`etalon_state\`, which says what is in them, is ${standing.store.relations.has('etalon_state.migrations') ? 'empty' : 'gone'}`;
  const mend =
    '`etalon state adopt` takes over what is proven to be right, `etalon state rebuild` has everything built anew';
  return [{ ...at, message, mend }];
}

async function checkRuns({ engine }: Standing): Promise<readonly Finding[]> {
  const { holders, lost } = await readHolders(engine);
  const at = { kind: 'finding', what: 'open-run' } as const;
  const wait = 'wait for it and look again; where it died, `etalon run` closes it and does the rest';
  const close = '`etalon run` closes it and does the rest';
  return [
    ...holders.map((holder) => ({ ...at, message: `${describeRun(holder)} is at work, or it died`, mend: wait })),
    ...lost.map((run) => ({ ...at, message: `the run \`${run}\` has not said how it ended: it died`, mend: close })),
  ];
}

/** Published names over built relations that no record knows. */
function checkUnmarked(request: UpkeepRequest, standing: Standing): readonly Finding[] {
  return findPublished(standing)
    .filter(({ model }) => !standing.versions.has(model) && isSelected(request, model))
    .map(({ model, view }) => ({
      kind: 'finding',
      what: 'unmarked',
      model,
      message: `\`${nameOf(view)}\` is published, and \`etalon_state\` has no record of it`,
      mend: '`etalon state adopt` takes it over where it is proven to be right, `etalon state rebuild` has it built anew',
    }));
}

async function checkAllFiles(standing: Standing, versions: readonly CurrentVersion[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const version of versions) {
    const model = standing.models.get(version.model);
    if (model?.source?.from === 'files') findings.push(...(await checkFiles(standing, model, version)));
  }
  return findings;
}
