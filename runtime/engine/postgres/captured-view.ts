import type { QualifiedName } from '../../../compiler/index.ts';
import type { Session } from '../engine.ts';
import { quoteName, quoteRelation, quoteText } from '../quote-name.ts';

/** All that DROP VIEW would forget. */
export interface CapturedView {
  readonly name: QualifiedName;
  readonly definition: string;
  readonly owner: string;
  /** ` with (security_barrier=true)`, or nothing. */
  readonly options: string;
  readonly comment: string | undefined;
  readonly columnComments: readonly { readonly column: string; readonly comment: string }[];
  readonly grants: readonly {
    readonly grantee: string;
    readonly privilege: string;
    readonly grantable: boolean;
    readonly column: string | undefined;
  }[];
  readonly triggers: readonly string[];
}

/** Views over a view and views over those, each after all that it reads. */
export async function findDependents(session: Session, view: QualifiedName): Promise<readonly QualifiedName[]> {
  const { rows } = await session.execute({
    sql: `with recursive reader (oid, depth) as (
  select to_regclass($1)::oid, 0
  union
  select r.ev_class, reader.depth + 1 from reader
  join pg_catalog.pg_depend d on d.refobjid = reader.oid and d.refclassid = 'pg_class'::regclass and d.classid = 'pg_rewrite'::regclass
  join pg_catalog.pg_rewrite r on r.oid = d.objid and r.ev_class <> reader.oid
)
select n.nspname, c.relname from reader join pg_catalog.pg_class c on c.oid = reader.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where reader.depth > 0 and c.relkind = 'v' group by n.nspname, c.relname order by max(reader.depth), n.nspname, c.relname`,
    parameters: [quoteRelation(view)],
  });
  return rows.map(([schema, table]) => ({ schema: String(schema), table: String(table) }));
}

async function readGrants(session: Session, relation: string): Promise<CapturedView['grants']> {
  const { rows } = await session.execute({
    sql: `select case when a.grantee = 0 then null else pg_get_userbyid(a.grantee)::text end, a.privilege_type, a.is_grantable, null
from pg_catalog.pg_class c cross join lateral aclexplode(c.relacl) a where c.oid = to_regclass($1)
union all
select case when a.grantee = 0 then null else pg_get_userbyid(a.grantee)::text end, a.privilege_type, a.is_grantable, t.attname::text
from pg_catalog.pg_attribute t cross join lateral aclexplode(t.attacl) a where t.attrelid = to_regclass($1) and t.attnum > 0`,
    parameters: [relation],
  });
  return rows.map(([grantee, privilege, grantable, column]) => ({
    grantee: grantee === null ? 'public' : quoteName(String(grantee)),
    privilege: String(privilege),
    grantable: grantable === true,
    column: column === null ? undefined : String(column),
  }));
}

export async function captureView(session: Session, name: QualifiedName): Promise<CapturedView> {
  const relation = quoteRelation(name);
  const parameters = [relation];
  const { rows } = await session.execute({
    sql: `select pg_get_viewdef(c.oid), pg_get_userbyid(c.relowner)::text, array_to_string(c.reloptions, ', '), obj_description(c.oid, 'pg_class')
from pg_catalog.pg_class c where c.oid = to_regclass($1)`,
    parameters,
  });
  const [definition, owner, options, comment] = rows[0]!;
  const comments = await session.execute({
    sql: `select a.attname::text, d.description from pg_catalog.pg_description d
join pg_catalog.pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
where d.objoid = to_regclass($1) and d.classoid = 'pg_class'::regclass and d.objsubid > 0`,
    parameters,
  });
  const triggers = await session.execute({
    sql: 'select pg_get_triggerdef(oid) from pg_catalog.pg_trigger where tgrelid = to_regclass($1) and not tgisinternal',
    parameters,
  });
  return {
    name,
    definition: String(definition).replace(/;\s*$/, ''),
    owner: String(owner),
    options: options === null ? '' : ` with (${String(options)})`,
    comment: comment === null ? undefined : String(comment),
    columnComments: comments.rows.map(([column, text]) => ({ column: String(column), comment: String(text) })),
    grants: await readGrants(session, relation),
    triggers: triggers.rows.map(([trigger]) => String(trigger)),
  };
}

/** Without CASCADE: whatever else hangs on them is the user's, and PostgreSQL names it. */
export async function dropViews(session: Session, names: readonly QualifiedName[]): Promise<void> {
  for (const name of names) await session.execute(`drop view ${quoteRelation(name)}`);
}

/** `columns`: those that the view still has, where they changed. */
export async function recreateView(session: Session, view: CapturedView, columns?: ReadonlySet<string>): Promise<void> {
  const relation = quoteRelation(view.name);
  const stays = (column: string | undefined): boolean =>
    column === undefined || columns === undefined || columns.has(column);
  await session.execute(`create view ${relation}${view.options} as ${view.definition}`);
  for (const trigger of view.triggers) await session.execute(trigger);
  if (view.comment !== undefined) await session.execute(`comment on view ${relation} is ${quoteText(view.comment)}`);
  for (const { column, comment } of view.columnComments) {
    if (stays(column))
      await session.execute(`comment on column ${relation}.${quoteName(column)} is ${quoteText(comment)}`);
  }
  for (const { grantee, privilege, grantable, column } of view.grants) {
    if (!stays(column)) continue;
    const part = column === undefined ? '' : ` (${quoteName(column)})`;
    await session.execute(
      `grant ${privilege}${part} on ${relation} to ${grantee}${grantable ? ' with grant option' : ''}`,
    );
  }
  await session.execute(`alter view ${relation} owner to ${quoteName(view.owner)}`);
}
