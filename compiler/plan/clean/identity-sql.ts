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
  readonly columns: readonly Pick<PlannedColumn, 'name' | 'type'>[];
  /** Is there one row for each value of the key? Of what arrives (`raw`) the same event may come again. */
  readonly isDistinct: boolean;
}

/** The names of an identity model's columns: device, person, from when to when, by which event. */
export function identityColumns({ identity }: IdentityModel): {
  readonly anonymous: string;
  readonly known: string;
} {
  const [link] = identity.links;
  return { anonymous: link!.anonymous, known: link!.known };
}

const inOrder = 'partition by device order by at, evidence, person';
const backwards = 'partition by device order by at desc, evidence desc, person desc';
const never = 'cast(null as timestamptz)';

/**
 * The rows of an identity model: for each device who it stands for, from when to when, and the event that shows it. Times are null where nothing bounds them. All of it goes by the
 * device, from its logins to its turns, so that a new login costs what is known of its device and reads the events once.
 */
export function identitySql(definition: IdentityModel, linked: (model: string) => LinkedModel): string {
  const { anonymous: mode, sharedDevice } = definition.identity;
  const names = identityColumns(definition);
  const most = sharedDevice?.maxUsers;
  // The people of a device are counted by their places in order: no engine counts distinct values in a window.
  const person = most === undefined ? '' : ', dense_rank() over (partition by device order by person) as nth_person';
  const steps = [`logins as (${loginsSql(definition, linked)})`];
  const rows = (from: string, to: string, source: string, where: readonly string[]) => {
    const lending = most === undefined ? [] : [`people <= ${most}`];
    if (most !== undefined)
      steps.push(`counted as (select *, max(nth_person) over (partition by device) as people from ${source})`);
    const all = [...where, ...lending];
    return `with ${steps.join(', ')} select device as ${id(names.anonymous)}, person as ${id(names.known)}, ${from} as valid_from, ${to} as valid_to, evidence from ${most === undefined ? source : 'counted'}${all.length === 0 ? '' : ` where ${all.join(' and ')}`}`;
  };
  switch (mode) {
    case 'none':
      return `with ${steps[0]} select device as ${id(names.anonymous)}, person as ${id(names.known)}, ${never} as valid_from, ${never} as valid_to, evidence from logins where false`;
    case 'first':
    case 'last': {
      const turn = mode === 'first' ? inOrder : backwards;
      steps.push(`placed as (select *, row_number() over (${turn}) as place${person} from logins)`);
      return rows(never, never, 'placed', ['place = 1']);
    }
    case 'nearest':
      steps.push(
        `seen as (select *, lag(person) over (${inOrder}) as person_before from logins)`,
        // Each person of a device has a turn of their own, so that turns are enough to count people by.
        `turns as (select *, lead(at) over (${inOrder}) as next_at${person} from seen where person_before is null or person_before <> person)`,
      );
      return rows('case when person_before is not null then at end', 'next_at', 'turns', []);
  }
}

/** Devices that several people use: how many, since when and until when, and whether they still lend their anonymous events to them. */
export function sharedDevicesSql(definition: IdentityModel, linked: (model: string) => LinkedModel): string {
  const { anonymous } = identityColumns(definition);
  const most = definition.identity.sharedDevice?.maxUsers;
  const lends = most === undefined ? 'true' : `count(distinct person) <= ${most}`;
  return `with logins as (${loginsSql(definition, linked)}) select device as ${id(anonymous)}, count(distinct person) as people, min(at) as first_at, max(at) as last_at, ${lends} as lends from logins group by device having count(distinct person) > 1`;
}

/** A row for each event in which a device and a person meet; a repeated delivery of one is the same event. */
function loginsSql({ identity }: IdentityModel, linked: (model: string) => LinkedModel): string {
  const sources = identity.links.map((link) => ({ link, source: linked(link.from.value) }));
  const isOnce = sources.length === 1 && sources.every(({ source }) => source.isDistinct && source.key.length === 1);
  const arms = sources.map(({ link, source: { name, key, columns } }) => {
    const text = (column: string) => asId(id(column), typeOf(columns, column));
    const [device, person, at] = [text(link.anonymous), text(link.known), id(link.at)];
    const [event] = key;
    const named = event === undefined ? undefined : text(event);
    const evidence = isOnce && named ? named : named ? `coalesce(${named}, ${text(link.at)})` : text(link.at);
    const isLogin = [isId(device, identity.block), isId(person, identity.block), `${at} is not null`].join(' and ');
    return `select ${device} as device, ${person} as person, ${evidence} as evidence, ${asInstant(at, typeOf(columns, link.at))} as at from ${name} where ${isLogin}`;
  });
  if (isOnce) return arms[0]!;
  return `select device, person, evidence, min(at) as at from (${arms.join(' union all ')}) as links group by device, person, evidence`;
}

/** The type of a column, where it is known. */
export function typeOf(columns: LinkedModel['columns'], name: string): string | undefined {
  return columns.find((column) => column.name === name)?.type;
}

/** Ids are text: an anonymous one is `device:<id>`. */
export function asId(sql: string, type: string | undefined): string {
  return type === 'text' ? sql : `cast(${sql} as text)`;
}

export function asInstant(sql: string, type: string | undefined): string {
  return type === 'timestamp' ? sql : `cast(${sql} as timestamptz)`;
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
