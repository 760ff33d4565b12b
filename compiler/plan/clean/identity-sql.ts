import type { IdentityModel } from '../../definition/model.ts';
import type { PlannedColumn } from '../plan-model.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';

/*
 * Identity stitching (semantics.md §8): a device lends its anonymous events to whoever logs in on it. Two people are never merged through a device; one that too many use lends to nobody.
 */

/** What a link is read from, as far as it goes here. */
export interface LinkedModel {
  readonly name: string;
  readonly key: readonly string[];
}

/** The names of an identity model's columns: device, person, from when to when, by which event. */
export function identityColumns({ identity }: IdentityModel): {
  readonly anonymous: string;
  readonly known: string;
} {
  const [link] = identity.links;
  return { anonymous: link!.anonymous, known: link!.known };
}

/** The rows of an identity model: for each device who it stands for, from when to when, and the event that shows it. Times are null where nothing bounds them. */
export function identitySql(definition: IdentityModel, linked: (model: string) => LinkedModel): string {
  const { identity } = definition;
  const { anonymous, known } = identityColumns(definition);
  const logins = lendingLogins(definition, linked);
  const order = 'order by at, evidence, person';
  const select = (from: string, to: string) =>
    `select device as ${id(anonymous)}, person as ${id(known)}, ${from} as valid_from, ${to} as valid_to, evidence`;
  const never = 'cast(null as timestamptz)';
  switch (identity.anonymous) {
    case 'none':
      return `${select(never, never)} from (${logins}) as logins where false`;
    case 'first':
    case 'last': {
      const turn = identity.anonymous === 'first' ? order : 'order by at desc, evidence desc, person desc';
      const ranked = `select device, person, evidence, row_number() over (partition by device ${turn}) as place from (${logins}) as logins`;
      return `${select(never, never)} from (${ranked}) as ranked where place = 1`;
    }
    case 'nearest': {
      const before = `select device, person, at, evidence, lag(person) over (partition by device ${order}) as person_before from (${logins}) as logins`;
      const turns = `select device, person, at, evidence, person_before, lead(at) over (partition by device ${order}) as next_at from (${before}) as logins where person_before is null or person_before <> person`;
      return `${select('case when person_before is not null then at end', 'next_at')} from (${turns}) as turns`;
    }
  }
}

/** Devices that several people use: how many, since when and until when, and whether they still lend their anonymous events to them. */
export function sharedDevicesSql(definition: IdentityModel, linked: (model: string) => LinkedModel): string {
  const { anonymous } = identityColumns(definition);
  const most = definition.identity.sharedDevice?.maxUsers;
  const lends = most === undefined ? 'true' : `count(distinct person) <= ${most}`;
  return `select device as ${id(anonymous)}, count(distinct person) as people, min(at) as first_at, max(at) as last_at, ${lends} as lends from (${seenLogins(definition, linked)}) as logins group by device having count(distinct person) > 1`;
}

function lendingLogins(definition: IdentityModel, linked: (model: string) => LinkedModel): string {
  const seen = seenLogins(definition, linked);
  const most = definition.identity.sharedDevice?.maxUsers;
  if (most === undefined) return seen;
  return `select device, person, at, evidence from (${seen}) as logins where device not in (select device from (${seen}) as shared group by device having count(distinct person) > ${most})`;
}

/** A row for each event in which a device and a person meet; a repeated delivery of one is the same event. */
function seenLogins({ identity }: IdentityModel, linked: (model: string) => LinkedModel): string {
  const arms = identity.links.map((link) => {
    const { name, key } = linked(link.from.value);
    const [device, person, at] = [asId(id(link.anonymous)), asId(id(link.known)), id(link.at)];
    const evidence =
      key[0] === undefined ? `cast(${at} as text)` : `coalesce(cast(${id(key[0])} as text), cast(${at} as text))`;
    const isLogin = [isId(device, identity.block), isId(person, identity.block), `${at} is not null`].join(' and ');
    return `select ${device} as device, ${person} as person, ${evidence} as evidence, cast(${at} as timestamptz) as at from ${name} where ${isLogin}`;
  });
  return `select device, person, evidence, min(at) as at from (${arms.join(' union all ')}) as links group by device, person, evidence`;
}

/** Ids are text: an anonymous one is `device:<id>`. */
export function asId(sql: string): string {
  return `cast(${sql} as text)`;
}

/** Is it an id, and none of the values that link nobody? */
export function isId(sql: string, block: readonly string[]): string {
  const blocked = block.length === 0 ? '' : ` and ${sql} not in (${block.map(textLiteral).join(', ')})`;
  return `(${sql} is not null${blocked})`;
}

/** The columns of an identity model with their lineage. */
export function plannedIdentityColumns(definition: IdentityModel): readonly PlannedColumn[] {
  const { anonymous, known } = identityColumns(definition);
  const from = (column: 'anonymous' | 'known' | 'at') =>
    definition.identity.links.map((link) => ({ model: link.from.value, column: link[column], how: 'same' as const }));
  const times = from('at').map((source) => ({ ...source, how: 'changed' as const }));
  return [
    {
      name: anonymous,
      type: 'text',
      description: 'The device, or whatever stands for somebody unknown.',
      sources: from('anonymous'),
    },
    { name: known, type: 'text', description: 'The person that it stands for.', sources: from('known') },
    {
      name: 'valid_from',
      type: 'timestamp',
      description: 'From this instant on; empty where nothing bounds it.',
      sources: times,
    },
    {
      name: 'valid_to',
      type: 'timestamp',
      description: 'Up to this instant; empty where nothing bounds it.',
      sources: times,
    },
    { name: 'evidence', type: 'text', description: 'The event that shows it.', sources: [] },
  ];
}
