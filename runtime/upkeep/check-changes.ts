import { inputsOf } from '../schedule/inputs-of.ts';
import { isLogged } from '../schedule/plan-in-place.ts';
import { whyOther } from '../schedule/why-other.ts';
import type { Finding } from './finding.ts';
import { rebuildOf } from './finding.ts';
import { findLog, type Standing } from './standing.ts';

/** A model that has not seen all of an input that it follows finds the rest in the input's log of changes: is there one? */
export function checkChanges(standing: Standing, name: string): readonly Finding[] {
  const model = standing.models.get(name);
  const version = standing.versions.get(name);
  if (model?.increment?.kind !== 'increment' || version === undefined || whyOther(version, model) !== undefined)
    return [];
  return inputsOf(model).flatMap((read): Finding[] => {
    const input = standing.versions.get(read);
    const seen = version.inputs[read];
    const follows = model.increment?.kind === 'increment' && model.increment.edges.some((edge) => edge.input === read);
    if (input === undefined || seen === undefined || !follows || !isLogged(standing.manifest, read)) return [];
    // Of another table the model is built whole, without the log.
    if (seen >= input.build || seen < input.since || findLog(standing, input.relation) !== undefined) return [];
    const message = `\`${name}\` has seen \`${read}\` up to build ${seen} of ${input.build}, and the log of its changes is not there`;
    return [{ kind: 'finding', what: 'changes', model: name, message, mend: rebuildOf(name) }];
  });
}
