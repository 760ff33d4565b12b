import type { Manifest, ManifestModel } from './manifest-types.ts';
import { isHeld, isUnknownEvent, namesOf, newestName, propertySql } from './plan/event-conditions.ts';
import { logOf } from './plan/increment/changes.ts';
import { daySql } from './plan/period.ts';
import { identifier as id, textLiteral } from './plan/sql-text.ts';

/** Rows whose events are counted: all of a source, or, of a source of files, those that came and went in one build of it. */
export type CountedRows = 'all' | { readonly build: number };

/** Two columns of a query each; PostgreSQL has at most 1664. */
const propertiesPerQuery = 400;

/**
 * The account of a tracking plan: how many events of each name came on each day, how many of them are bad, and by property how many had to carry it and did not. Canonical SELECTs of `day`,
 * `event`, `property` (null: the event as a whole), `events`, `bad`, `unknown`; rows that went count as less than none. Empty for a source without a tracking plan.
 *
 * @example
 * eventCountsSql(manifest, model, { build: 7 }) // what the load number 7 added
 */
export function eventCountsSql(manifest: Manifest, model: ManifestModel, rows: CountedRows): readonly string[] {
  const plan = model.source?.events;
  if (!plan) return [];
  const properties = [...new Set(plan.catalog.flatMap(({ requires }) => requires))];
  const tracked = properties.map((property) => {
    const held = plan.catalog.filter(({ requires }) => requires.includes(property)).map((event) => isHeld(plan, event));
    const isAsked = `(${held.map((one) => `(${one})`).join(' or ')})`;
    return { property, isAsked, isMissing: `(${isAsked} and ${propertySql(plan, property, model.columns)} is null)` };
  });
  const unknown = `(${isUnknownEvent(plan)})`;
  const bad = [unknown, ...tracked.map(({ isMissing }) => isMissing)].join(' or ');
  const cells = [
    `${dayOf(manifest, model)} as day`,
    `${nameSql(model)} as event`,
    `${count('true')} as events`,
    `${count(bad)} as bad`,
    `${count(unknown)} as unknown`,
  ];
  const whole = `select day, event, cast(null as text) as property, events, bad, unknown from cells where events <> 0 or bad <> 0 or unknown <> 0`;
  const parts: (readonly (typeof tracked)[number][])[] = [];
  for (let at = 0; at < tracked.length; at += propertiesPerQuery)
    parts.push(tracked.slice(at, at + propertiesPerQuery));
  return (parts.length === 0 ? [[]] : parts).map((part, index) => {
    const columns = part.flatMap(({ isAsked, isMissing }, i) => [
      `${count(isAsked)} as asked_${i}`,
      `${count(isMissing)} as missing_${i}`,
    ]);
    const grouped = `select ${[...cells, ...columns].join(', ')} from (${rowsSql(model, rows)}) as r group by 1, 2`;
    const told = part.map(
      ({ property }, i) =>
        `select day, event, ${textLiteral(property)}, asked_${i}, missing_${i}, cast(0 as bigint) from cells where asked_${i} <> 0 or missing_${i} <> 0`,
    );
    return `with cells as materialized (${grouped}) ${[...(index === 0 ? [whole] : []), ...told].join(' union all ')}`;
  });
}

function count(condition: string): string {
  return `cast(sum(case when ${condition} then etalon_count else 0 end) as bigint)`;
}

function rowsSql(model: ManifestModel, rows: CountedRows): string {
  const columns = model.columns.map(({ name }) => id(name));
  const list = columns.join(', ');
  if (rows === 'all') return `select ${list}, 1 as etalon_count from ${model.name}`;
  const gone = `select ${list}, -1 as etalon_count from ${logOf(model.name)} where _build = ${rows.build}`;
  const [layer, name] = model.name.split('.') as [string, string];
  return `${gone} union all select ${list}, 1 as etalon_count from ${layer}__rows.${id(name)} where _batch = ${rows.build}`;
}

/** The day of an event: by the source's business time, else by when it arrived, else by the run that loads it. */
function dayOf(manifest: Manifest, model: ManifestModel): string {
  const zone = textLiteral(manifest.project.calendar.timezone);
  const timed = [model.time, model.source?.loadedAt].flatMap(
    (name) => model.columns.find((one) => one.name === name) ?? [],
  );
  const column = timed.find(({ type }) => type === 'timestamp' || type === 'date');
  if (!column) return daySql({ sql: 'etalon_run_at()', type: 'timestamp', zone });
  return daySql({ sql: id(column.name), type: column.type === 'date' ? 'date' : 'timestamp', zone });
}

/** An unknown name may be anything: numbers in it are told as `#`, and one that looks like no name at all is not told, nor any of a column that is tagged. */
function nameSql(model: ManifestModel): string {
  const plan = model.source!.events!;
  const name = id(plan.name);
  const known = plan.catalog.flatMap(namesOf).map(textLiteral).join(', ');
  const isTagged = model.columns.some((column) => column.name === plan.name && column.pii !== undefined);
  const shown = isTagged
    ? 'null'
    : `case when ${name} ~ '^[^@{}"<>=]{1,64}$' then regexp_replace(${name}, '[0-9]+', '#', 'g') end`;
  return `case when ${name} in (${known}) then ${newestName(plan, name)} else ${shown} end`;
}
