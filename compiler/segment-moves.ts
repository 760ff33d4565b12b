import type { Diagnostic } from './diagnostic/diagnostic.ts';
import { inputsOf } from './increment.ts';
import { type KeysThroughView, keysThroughView } from './keys-through-view.ts';
import type { Manifest } from './manifest-types.ts';
import type { Catalog } from './plan/catalog.ts';
import type { Change } from './plan/increment/changes.ts';
import type { Lookup } from './plan/increment/lookups.ts';
import { movedSql } from './plan/segment/moved-sql.ts';
import { type MoveSource, type Moves, movesOf } from './plan/segment/moves.ts';
import { askedOf, instantLiteral, segmentOf } from './segment-memory.ts';

/** What makes a segment answer otherwise from one cut to the next. */
export interface SegmentMoves {
  /** Tables whose changes say whom they concern, also through views. */
  readonly followed: readonly string[];
  /** Views that it reads, also behind others, through which changes are followed. */
  readonly views: readonly string[];
  /** Views through which they are not, and the tables behind them: why. */
  readonly lost: ReadonlyMap<string, string>;
  /** Models that rows of others look into, and what lies behind such views: where one of them changed, everyone is looked at. */
  readonly joined: readonly string[];
  /** Why at every cut everyone is looked at. */
  readonly always?: string;
  /** By what columns rows of a model are looked up. */
  readonly lookups: ReadonlyMap<string, readonly Lookup[]>;
}

/** From which models it is known whom a change concerns, and from which not. The parser must have been loaded. */
export function movesOfSegment(manifest: Manifest, name: string): SegmentMoves {
  const { moves, through } = readMoves(manifest, name);
  const read = new Set<string>();
  const views = new Set<string>();
  const lost = new Map<string, string>();
  for (const source of moves.sources) {
    const way = through.get(source.model)?.get(source.key);
    if (way === undefined) read.add(source.model);
    else if (way.kind === 'whole') for (const one of [...way.views, ...way.tables]) lost.set(one, way.reason);
    else {
      for (const view of way.views) views.add(view);
      for (const table of way.tables) read.add(table);
    }
  }
  const isFollowed = (one: string) => !lost.has(one);
  return {
    followed: [...read].filter(isFollowed).sort(),
    views: [...views].filter(isFollowed).sort(),
    lost,
    joined: withBehind(manifest, moves.joined),
    lookups: lookupsOf(moves),
    ...(moves.always === undefined ? {} : { always: moves.always }),
  };
}

/**
 * A SELECT of each `entity` of which a segment may answer otherwise at one cut than it did at an earlier one; reads logs of changes as increments do.
 *
 * @example
 * movedEntitiesSql(manifest, 'vip', { from: '2025-06-30T00:00:00Z', to: '2025-07-01T00:00:00Z', changes: [{ model: 'marts.orders', seen: 6, raw: false }] })
 */
export function movedEntitiesSql(
  manifest: Manifest,
  name: string,
  step: { readonly from: string; readonly to: string; readonly changes: readonly Change[] },
): string {
  const { catalog, moves, through, diagnostics } = readMoves(manifest, name);
  const { changes } = step;
  const behindView = ({ model, key }: MoveSource) => {
    const way = through.get(model)?.get(key);
    return way?.kind === 'followed' ? way.keysSql(changes) : undefined;
  };
  return movedSql(
    catalog,
    moves,
    {
      from: instantLiteral(step.from),
      to: instantLiteral(step.to),
      changes: new Map(changes.map((change) => [change.model, change])),
      behindView,
    },
    diagnostics,
  );
}

/** Models, and what lies behind those of them that are views. */
function withBehind({ models }: Manifest, names: readonly string[]): readonly string[] {
  const { inputs, views } = inputsOf({ reads: names }, new Map(models.map((model) => [model.name, model])));
  return [...views.keys(), ...inputs.map(({ name }) => name)].sort();
}

/** Rows of those who are looked at, and rows of some time. */
function lookupsOf({ sources }: Moves): ReadonlyMap<string, readonly Lookup[]> {
  const found = new Map<string, Lookup[]>();
  for (const { model, key, time } of sources) {
    const range: Lookup[] = time ? [{ kind: 'range', columns: [time.column] }] : [];
    found.set(model, [...(found.get(model) ?? []), { kind: 'key', columns: [key] }, ...range]);
  }
  return found;
}

interface ReadMoves {
  readonly catalog: Catalog;
  readonly moves: Moves;
  /** Of the views among what it reads, by the column with the key. */
  readonly through: ReadonlyMap<string, ReadonlyMap<string, KeysThroughView>>;
  readonly diagnostics: Diagnostic[];
}

const known = new WeakMap<Manifest, Map<string, ReadMoves>>();

/** Worked out once: an evaluation asks first whether it can go by them. */
function readMoves(manifest: Manifest, name: string): ReadMoves {
  const found = known.get(manifest) ?? new Map<string, ReadMoves>();
  known.set(manifest, found);
  let moves = found.get(name);
  if (moves === undefined) {
    const asked = askedOf(manifest, '2000-01-01T00:00:00Z');
    const all = movesOf(asked, segmentOf(asked.catalog, name));
    moves = { ...asked, moves: all, through: readViews(manifest, all) };
    found.set(name, moves);
  }
  return moves;
}

function readViews(manifest: Manifest, { sources }: Moves): ReadMoves['through'] {
  const views = new Set(manifest.models.flatMap((one) => (one.materialized === 'view' ? [one.name] : [])));
  const through = new Map<string, Map<string, KeysThroughView>>();
  for (const { model, key } of sources.filter((source) => views.has(source.model))) {
    const own = through.get(model) ?? new Map<string, KeysThroughView>();
    if (!own.has(key)) own.set(key, keysThroughView(manifest, model, key));
    through.set(model, own);
  }
  return through;
}
