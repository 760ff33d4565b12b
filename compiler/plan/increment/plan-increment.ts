import type { SelectStmt } from '../../expression/ast.ts';
import { affected } from './affected.ts';
import { readsClock } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import type { Change } from './changes.ts';
import type { Delta } from './delta.ts';
import type { IncrementalModel, Reach, Unit } from './incremental-model.ts';
import { type Lookup, lookupsIn } from './lookups.ts';
import { timeOf } from './periods.ts';
import { columnsOf, readSelect } from './read-model.ts';

/** How a model follows its inputs. */
export interface Increment {
  readonly kind: 'increment';
  readonly unit: Unit;
  /** In words, by input: how a change there finds the units here. */
  readonly edges: readonly Edge[];
}

export interface Edge {
  readonly input: string;
  readonly words: string;
  /** By what its rows are looked up for the units that are computed; absent: it is read whole, or through other tables. */
  readonly lookups?: readonly Lookup[];
}

/** It does not: and why. */
export interface NoIncrement {
  readonly kind: 'whole';
  readonly reason: string;
}

/**
 * Works out from a model's query how changes of its inputs travel to it. A period is preferred where the rows themselves say which they fall in; where only a window or a
 * group knows (a deduplication, a first purchase), the model's key is; and where neither can be known the model is rebuilt whole.
 *
 * @example
 * planIncrement({ name: 'marts.days', sql: 'SELECT day, count(*) AS n FROM clean.visits GROUP BY day', by: 'day', … })
 * // { kind: 'increment', unit: { kind: 'period', columns: ['day'] }, … }
 */
export function planIncrement(model: IncrementalModel): Increment | NoIncrement {
  const barred = model.inputs.find(({ kind }) => kind === 'foreign');
  if (barred && model.lookback === undefined)
    return whole(
      `\`${barred.name}\` is a table that others write, without a \`loaded_at\` of time that says which rows are new; \`lookback\` may say how many periods are done again each time`,
    );
  if (model.key.length === 0) return whole('it has no `key`, by which rows that changed are told apart');
  if (model.by !== 'key' && model.time === undefined) return whole('it has no `time`');
  try {
    const select = readSelect(model);
    if (readsClock(select)) return whole('it reads `{{run_at}}`, which every run moves');
    const tried: Tried[] = [];
    for (const unit of unitsOf(model)) {
      const one = tryUnit(model, select, unit);
      tried.push(one);
      if (one.kind === 'increment' && !one.isIndirect) break;
    }
    const best =
      tried.find((one) => one.kind === 'increment' && !one.isIndirect) ?? tried.find((one) => one.kind === 'increment');
    if (best?.kind === 'increment') {
      const { unit } = best;
      const lookups = lookupsIn(model, select, unit);
      const edges = best.edges.map((edge) => {
        const own = lookups.get(edge.input);
        return own === undefined ? edge : { ...edge, lookups: own };
      });
      return { kind: 'increment', unit, edges };
    }
    return tried.find((one) => one.kind === 'whole') ?? whole('nothing says how changes travel');
  } catch (error) {
    return whole(reasonOf(error));
  }
}

function whole(reason: string): NoIncrement {
  return { kind: 'whole', reason };
}

function reasonOf(error: unknown): string {
  if (error instanceof CannotTell) return error.message;
  throw error;
}

function unitsOf(model: IncrementalModel): readonly Unit[] {
  const key: Unit = { kind: 'key', columns: model.key };
  if (model.by === 'key') return [key, ...partsOf(model.key).map((columns): Unit => ({ kind: 'key', columns }))];
  const period: Unit = { kind: 'period', columns: [timeOf(model).column] };
  return model.reads || model.lookback !== undefined ? [period] : [period, key];
}

/**
 * Parts of a key, the longest first. Where a window is cut by one (`device_id` of a key of device and event), all rows of the part are computed again anyway: to name the part is the same
 * work, without a look for the keys that share it.
 */
function partsOf(key: readonly string[]): readonly (readonly string[])[] {
  if (key.length > mostParted) return [];
  const parts = Array.from({ length: 2 ** key.length - 2 }, (_, bits) =>
    key.filter((_column, place) => ((bits + 1) >> place) & 1),
  );
  return parts.sort((a, b) => b.length - a.length);
}

const mostParted = 4;

type Tried = (Increment & { readonly isIndirect: boolean }) | NoIncrement;

function tryUnit(model: IncrementalModel, select: SelectStmt, unit: Unit): Tried {
  let isIndirect = false;
  const edges: Edge[] = [];
  const all = model.inputs.flatMap(({ name, kind }): Change[] =>
    kind === 'foreign' ? [] : [{ model: name, seen: 0, raw: kind === 'files' }],
  );
  for (const { name, kind } of model.inputs) {
    const declared = declaredWords(model, name, kind);
    if (declared !== undefined) {
      edges.push({ input: name, words: declared });
      continue;
    }
    const ways = new Set<string>();
    const delta: Delta = {
      columnsOf: columnsOf(model),
      changes: new Map(all.map((change) => [change.model, change])),
      note: (way) => {
        ways.add(way);
        if (way.startsWith('window')) isIndirect = true;
      },
    };
    try {
      affected(select, unit.columns, name, delta);
    } catch (error) {
      return whole(`changes of \`${name}\` cannot be followed: ${reasonOf(error)}`);
    }
    edges.push({ input: name, words: edgeWords(unit, [...ways]) });
  }
  return { kind: 'increment', unit, edges, isIndirect };
}

/** How changes travel where the author has said it. */
function declaredWords(
  model: IncrementalModel,
  input: string,
  kind: IncrementalModel['inputs'][number]['kind'],
): string | undefined {
  if (kind === 'foreign')
    return `nothing says which of its rows are new: the periods of the last ${model.lookback} are computed again each time (\`lookback\`)`;
  const reach = model.reads?.get(input);
  return reach && `its changed rows say the periods that look at them: ${reachWords(reach)} (\`reads\`)`;
}

function reachWords({ before, after }: Reach): string {
  const sides = [before && `${before} before`, after && `${after} after`].filter((side) => side !== undefined);
  return `a period looks at ${sides.join(' and ')} it`;
}

function edgeWords(unit: Unit, ways: readonly string[]): string {
  const units = unit.kind === 'key' ? `the keys (${unit.columns.join(', ')})` : `the periods of \`${unit.columns[0]}\``;
  const through = ways.map((way) => way.replace(/^\w+: /, '')).join('; ');
  return through === '' ? `its changed rows say ${units}` : `its changed rows find ${units} ${through}`;
}
