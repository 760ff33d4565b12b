import type { Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { adoptState } from '../../runtime/upkeep/adopt-state.ts';
import { collectTarget } from '../../runtime/upkeep/collect-target.ts';
import { rebuildState } from '../../runtime/upkeep/rebuild-state.ts';
import { verifyState } from '../../runtime/upkeep/verify-state.ts';
import type { Upkeep } from './scenario.ts';

interface Place {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly folder: string;
  readonly clock: () => string;
}

/** Does it, and tells what came of it: a line each. */
export async function playUpkeep(upkeep: Upkeep, place: Place): Promise<readonly string[]> {
  switch (upkeep.do) {
    case 'verify': {
      const found = await verifyState({ ...place, ...select(upkeep.select), deep: upkeep.deep ?? false });
      return [
        ...found.findings.map(({ what, model, message, difference }) => {
          const keys = difference && JSON.stringify([difference.missingKeys, difference.extraKeys]);
          return `${what} ${model ?? '-'}: ${message}${keys === undefined ? '' : ` ${keys}`}`;
        }),
        ...found.notCompared.map(({ model, why }) => `not compared ${model}: ${why}`),
        ...(upkeep.deep ? [`compared ${found.compared.join(' ')}`] : []),
      ];
    }
    case 'adopt': {
      const found = await adoptState({ ...place, deep: upkeep.deep ?? true, threads: 2, emit: () => undefined });
      return [
        ...found.models.map(({ outcome, model, why }) => `${outcome} ${model}: ${why}`),
        ...(found.tests === undefined ? [] : [`tests ${found.tests.status}: ${found.tests.tests.length}`]),
      ];
    }
    case 'rebuild': {
      const plan = await rebuildState({ ...place, ...select(upkeep.select) });
      return [
        ...plan.models.map(({ model, rows, gone }) => `${model}: ${rows ?? '?'} rows, ${gone.length} gone`),
        `below ${plan.below.join(' ')}`,
      ];
    }
    case 'collect': {
      const { olderThan, dryRun = false } = upkeep;
      const found = await collectTarget({ ...place, olderThan, dryRun });
      const { steps, test_results, failures, errors } = found.journal;
      return [
        ...found.dropped.map(({ name, rows }) => `dropped ${name}${rows === undefined ? '' : `: ${rows} rows`}`),
        ...found.kept.map(({ name, why }) => `kept ${name}: ${why}`),
        `changes ${found.changes}`,
        `journal ${steps} ${test_results} ${failures} ${errors}`,
      ];
    }
  }
}

function select(names: readonly string[] | undefined): { readonly select?: readonly string[] } {
  return names === undefined ? {} : { select: names };
}
