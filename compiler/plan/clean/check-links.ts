import type { IdentityModel } from '../../definition/model.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { ModelPlan } from '../plan-model.ts';

/** An identity names columns that their models have, in its links and in what else knows ids. */
export function checkLinks({ identity }: IdentityModel, planned: ReadonlyMap<string, ModelPlan>): Diagnostic[] {
  const named = [
    ...identity.links.map(({ from, anonymous, known, at }) => ({ from, columns: [anonymous, known, at] })),
    ...identity.also.map(({ from, known, attributes }) => ({ from, columns: [known, ...attributes] })),
  ];
  return named.flatMap(({ from, columns }) => {
    const source = planned.get(from.value);
    if (!source) return []; // said by resolve
    const names = source.columns.map(({ name }) => name);
    return columns
      .filter((name) => !names.includes(name))
      .map((name) => {
        const message = `\`${source.name}\` has no column \`${name}\``;
        return diagnostic('E1305', message, { span: from.span, hints: suggestNames(name, names) });
      });
  });
}
