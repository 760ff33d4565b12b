import type { ModelDefinition } from '../definition/model.ts';
import type { Increment, NoIncrement } from './increment/plan-increment.ts';

/** How a run computes a model, and why, in words: for `etalon explain`. */
export function strategyWords(model: ModelDefinition): string {
  switch (model.form) {
    case 'source':
      return model.source.from === 'files'
        ? 'each file is loaded once, by its path, size and content; rows that cannot be read as declared are kept aside'
        : `a view over the table \`${model.source.table}\`, typed as declared; ${model.loadedAt === undefined ? 'without `loaded_at` a run cannot tell whether rows arrived, and rebuilds what reads it' : `rows that arrived since the last run are told by \`${model.loadedAt}\`${model.overlap === undefined ? '' : `, read again ${model.overlap} back`}; where rows seen before are gone or changed, what reads it is rebuilt`}`;
    case 'contract':
      return 'columns only: examples give its rows, a run cannot build it';
    case 'identity':
    case 'declarative':
    case 'sql':
      if (model.materialized === 'view') return 'a view: computed when it is read';
      return 'rebuilt whole, beside the old version, whenever its definition or an input changes';
  }
}

/** As `strategyWords`, of a model that asks to be incremental. */
export function incrementWords(
  model: { readonly incremental?: { readonly by: string } },
  increment: Increment | NoIncrement,
): string {
  if (increment.kind === 'whole') {
    return `rebuilt whole whenever its definition or an input changes, although it says \`incremental\`: ${increment.reason}`;
  }
  const [first] = increment.unit.columns;
  const units =
    increment.unit.kind === 'period'
      ? `the ${model.incremental!.by}s of \`${first}\``
      : `the keys (${increment.unit.columns.join(', ')})`;
  return `incremental: only ${units} that a change of an input touches are computed again; rebuilt whole when its definition changes`;
}
