import type { TrackedEvent, TrackingPlan } from '../definition/model.ts';
import { identifier as id, textLiteral } from './sql-text.ts';

/*
 * What a tracking plan says of a row, as canonical predicates over the columns of the event table. Where the version of a row is not known, nothing that hangs on it is held against the row.
 */

/** The names that an event goes by: its own, and the one that it had before. */
export function namesOf(event: TrackedEvent): readonly string[] {
  return event.renamedFrom === undefined ? [event.event] : [event.event, event.renamedFrom];
}

/** No event of the plan, or one that the version which sent it did not have. Never null. */
export function isUnknownEvent(plan: TrackingPlan): string {
  const name = id(plan.name);
  const known = plan.catalog.flatMap(namesOf).map(textLiteral).join(', ');
  const tooEarly = plan.catalog.flatMap(({ event, since }) =>
    since === undefined || plan.version === undefined
      ? []
      : [`(${name} = ${textLiteral(event)} and coalesce(${id(plan.version)}, ${since}) < ${since})`],
  );
  return [`${name} is null`, `${name} not in (${known})`, ...tooEarly].join(' or ');
}

/** Is a row held to what the event requires? Under either name; from the version on that brought it. */
export function isHeld(plan: TrackingPlan, event: TrackedEvent): string {
  const named = `${id(plan.name)} in (${namesOf(event).map(textLiteral).join(', ')})`;
  return event.since === undefined || plan.version === undefined
    ? named
    : `${named} and coalesce(${id(plan.version)}, 0) >= ${event.since}`;
}

type Columns = readonly { readonly name: string }[];

export function carriesAll(plan: TrackingPlan, event: TrackedEvent, columns: Columns): string {
  return event.requires.map((property) => `${propertySql(plan, property, columns)} is not null`).join(' and ');
}

/** The value of a property: a column, else what stands under its name in the JSON column; a JSON null is no value. */
export function propertySql(plan: TrackingPlan, property: string, columns: Columns): string {
  if (columns.some(({ name }) => name === property) || plan.properties === undefined) return id(property);
  const steps = property.split('.').map(textLiteral);
  return `(${[id(plan.properties), ...steps.slice(0, -1)].join(' -> ')} ->> ${steps.at(-1)})`;
}

/** The newest name of an event; any name that is no old one stays. */
export function newestName(plan: TrackingPlan, name: string): string {
  const branches = plan.catalog.flatMap(({ event, renamedFrom }) =>
    renamedFrom === undefined ? [] : [`when ${textLiteral(renamedFrom)} then ${textLiteral(event)}`],
  );
  return branches.length === 0 ? name : `case ${name} ${branches.join(' ')} else ${name} end`;
}
