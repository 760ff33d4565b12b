import type { IdentityModel } from '../../definition/model.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { ModelPlan } from '../plan-model.ts';

/** Links of an identity name columns that their models have. */
export function checkLinks({ identity }: IdentityModel, planned: ReadonlyMap<string, ModelPlan>): Diagnostic[] {
  return identity.links.flatMap((link) => {
    const source = planned.get(link.from.value);
    if (!source) return []; // said by resolve
    const names = source.columns.map(({ name }) => name);
    return [link.anonymous, link.known, link.at]
      .filter((name) => !names.includes(name))
      .map((name) => {
        const message = `\`${source.name}\` has no column \`${name}\``;
        return diagnostic('E1305', message, { span: link.from.span, hints: suggestNames(name, names) });
      });
  });
}
