import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import { identifier as id } from './sql-text.ts';

/** `--order -revenue,day` as terms of ORDER BY. `names`: the result's columns; a dimension may be given as it was asked for. */
export function orderBy(
  order: readonly string[],
  names: readonly string[],
  dimensions: readonly { readonly name: string; readonly label: string }[],
  diagnostics: Diagnostic[],
): string[] {
  return order.map((item) => {
    const descending = item.startsWith('-');
    const asked = descending ? item.slice(1) : item;
    const name = dimensions.find((d) => d.name === asked)?.label ?? asked;
    if (!names.includes(name))
      diagnostics.push(
        diagnostic('E1305', `the result has no column \`${asked}\` to order by`, { hints: suggestNames(asked, names) }),
      );
    return `${id(name)}${descending ? ' desc' : ''} nulls last`;
  });
}
