import { isTimezone } from '../../definition/timezone.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { type Catalog, withRows } from '../catalog.ts';
import { type Change, changedRows } from '../increment/changes.ts';
import { createFactRows, type FactRows } from '../metric/fact-rows.ts';
import { instantSql } from '../period.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { MoveSource, Moves } from './moves.ts';

/** From which cut to which, as SQL, and what changed since the first was looked at. */
export interface Step {
  readonly from: string;
  readonly to: string;
  /** By model. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Where rows are read through a view: the values of their key that changes behind it can touch, as a SELECT of that column. */
  readonly behindView: (source: MoveSource) => string | undefined;
}

/**
 * A SELECT of each `entity` of which a segment may answer otherwise at `to` than it did at `from`: whose rows came, went or changed; whose events have happened meanwhile; or have come to one of the
 * lengths before the cut at which they begin, or cease, to count. In doubt more, never fewer.
 */
export function movedSql(catalog: Catalog, { sources }: Moves, step: Step, diagnostics: Diagnostic[]): string {
  const selects = merged(sources).flatMap((source) => ofSource(catalog, source, step, diagnostics));
  return `select distinct entity from (${[...new Set(selects)].join(' union all ')}) as moved`;
}

/** Rows that several conditions look at are scanned once. */
function merged(sources: readonly MoveSource[]): readonly MoveSource[] {
  const found = new Map<string, MoveSource>();
  for (const source of sources) {
    const { lengths, ...rows } = source;
    const key = JSON.stringify(rows);
    const known = found.get(key);
    found.set(key, known ? { ...known, lengths: [...new Set([...known.lengths, ...lengths])] } : source);
  }
  return [...found.values()];
}

function ofSource(catalog: Catalog, source: MoveSource, step: Step, diagnostics: Diagnostic[]): string[] {
  const fact = { model: source.model, exclude: [], ...(source.where ? { where: source.where } : {}) };
  const select = (from: Catalog, more: (rows: FactRows) => readonly string[]) => {
    const rows = createFactRows(from, {}, fact, diagnostics);
    const key = rows.text([source.key]);
    const conditions = [`${key} is not null`, ...more(rows)];
    return `select ${key} as entity from ${rows.from()}${rows.where(conditions)}`;
  };
  const change = step.changes.get(source.model);
  const model = catalog.models.get(source.model)!;
  const columns = model.columns.map(({ name }) => name);
  const behind = step.behindView(source);
  const key = id(source.key);
  return [
    ...(behind === undefined ? [] : [`select ${key} as entity from (${behind}) as behind where ${key} is not null`]),
    ...(change ? [select(withRows(catalog, model, changedRows(change, columns)), () => [])] : []),
    ...(source.time ? [select(catalog, (rows) => [inSight(rows, source, step)])] : []),
  ];
}

/** Between the cuts, or as long before them; both ends count, whichever side of a length belongs to it. */
function inSight(rows: FactRows, { time, lengths }: MoveSource, { from, to }: Step): string {
  const { column, timezone } = time!;
  const zone = isTimezone(timezone) ? textLiteral(timezone) : rows.text(timezone.split('.'));
  const type = rows.find([column])?.type === 'date' ? 'date' : 'timestamp';
  const at = instantSql({ sql: rows.text([column]), type, zone });
  const spans = ['0', ...lengths].map((seconds) => {
    const back = seconds === '0' ? '' : ` - interval '${seconds} seconds'`;
    return `(${at} >= ${from}${back} and ${at} <= ${to}${back})`;
  });
  return `(${spans.join(' or ')})`;
}
