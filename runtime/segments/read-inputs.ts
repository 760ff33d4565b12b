import type { ManifestSegment } from '../../compiler/index.ts';
import type { RunContext } from '../run/run-context.ts';
import { readsOfSegment } from '../schedule/needs.ts';
import { statement, toCount, toText } from '../state/rows.ts';
import type { ReadModel } from './look-at.ts';

/** The builds of all that a segment reads, also behind views, as they are published now. */
export async function readInputs(
  context: RunContext,
  segment: ManifestSegment,
): Promise<ReadonlyMap<string, ReadModel>> {
  const ground = { models: context.models, versions: context.published };
  const names = [...readsOfSegment(ground, segment)].filter((name) => context.published.has(name)).sort();
  const found = await context.engine.execute(
    statement(
      `select v.model, min(case when v.relation = c.relation then v.build end),
         coalesce(max(case when v.fingerprint is distinct from c.fingerprint then v.build end), 0) + 1
       from etalon_state.versions v join etalon_state.versions c on c.model = v.model and c.valid_to is null
       where v.model in (${names.map((_, i) => `$${i + 1}`).join(', ')}) group by v.model`,
      ...names,
    ),
  );
  const since = new Map(
    found.rows.map(([model, relation, definition]) => {
      const name = toText(model);
      // A view is made anew whenever something behind it is.
      const isView = context.models.get(name)?.materialized === 'view';
      return [name, toCount(isView ? definition : relation)];
    }),
  );
  return new Map(
    names.map((name) => {
      const { build } = context.published.get(name)!;
      return [name, { build, since: since.get(name) ?? build }];
    }),
  );
}
