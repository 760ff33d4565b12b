import type { ColumnBody, ColumnDefinition, IdentityModel } from '../../definition/model.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { ModelContext, ModelPlan } from '../plan-model.ts';
import { identifier as id } from '../sql-text.ts';
import { type CleanColumn, ownColumn } from './clean-column.ts';
import { asId, asInstant, identityColumns, isId, typeOf } from './identity-sql.ts';

type IdentityBody = Extract<ColumnBody, { form: 'identity' }>;

/** The columns of a row that say who it is of: the device, the person where somebody is logged in, and when. */
interface Seen {
  readonly anonymous: string;
  readonly known: string;
  readonly at: string;
}

/**
 * The canonical id of a row: the person logged in always wins; else whom its device stands for at the time; else `device:<id>`, or null where there is no device either.
 */
export function planIdentity(
  column: ColumnDefinition,
  body: IdentityBody,
  upstream: ModelPlan,
  context: ModelContext,
  diagnostics: Diagnostic[],
): CleanColumn | undefined {
  const identity = [...context.planned.values()].find(
    ({ definition }) => definition.form === 'identity' && definition.identity.entity.value === body.entity.value,
  );
  if (identity?.definition.form !== 'identity') return undefined; // said by resolve
  const seen = findSeen(identity.definition, upstream, column, diagnostics);
  if (!seen) return undefined;
  const { block } = identity.definition.identity;
  const names = identityColumns(identity.definition);
  const text = (name: string) => asId(ownColumn(name), typeOf(upstream.columns, name));
  const [device, person] = [text(seen.anonymous), text(seen.known)];
  const at = asInstant(ownColumn(seen.at), typeOf(upstream.columns, seen.at));
  // Without blocked values null is all that is no id.
  const isAny = block.length === 0;
  const loggedIn = isAny ? person : `case when ${isId(person, block)} then ${person} end`;
  const alone = isAny ? `'device:' || ${device}` : `case when ${isId(device, block)} then 'device:' || ${device} end`;
  const map = id(`etalon_${column.name}`);
  const asked = isAny
    ? `case when ${person} is null then ${device} end`
    : `case when ${isId(person, block)} then null else ${device} end`;
  // Bounds as values, not as conditions on null: an engine joins by them without comparing all with all.
  const join = `left join ${identity.name} as ${map} on ${map}.${id(names.anonymous)} = ${asked} and ${at} >= coalesce(${map}.valid_from, timestamptz '0001-01-01 00:00:00+00') and ${at} < coalesce(${map}.valid_to, timestamptz '9999-12-31 00:00:00+00')`;
  return {
    name: column.name,
    type: 'text',
    expression: `identity(${body.entity.value})`,
    sources: [
      { model: upstream.name, column: seen.known, how: 'changed' },
      { model: upstream.name, column: seen.anonymous, how: 'changed' },
      { model: identity.name, column: names.known, how: 'changed' },
    ],
    qualified: `coalesce(${loggedIn}, ${map}.${id(names.known)}, ${alone})`,
    joins: [join],
  };
}

/** As the identity's link from this model says; else columns of the same names, and the model's time. */
function findSeen(
  { identity }: IdentityModel,
  upstream: ModelPlan,
  column: ColumnDefinition,
  diagnostics: Diagnostic[],
): Seen | undefined {
  const link = identity.links.find(({ from }) => from.value === upstream.name);
  const first = identity.links[0]!;
  const names = upstream.columns.map(({ name }) => name);
  const at = names.includes(first.at) ? first.at : upstream.time;
  const seen = link ?? { anonymous: first.anonymous, known: first.known, at: at ?? first.at };
  for (const name of [seen.anonymous, seen.known, seen.at]) {
    if (names.includes(name)) continue;
    const message = `\`${upstream.name}\` has no column \`${name}\`, by which \`${identity.entity.value}\` is known`;
    const hints = [
      ...suggestNames(name, names),
      'columns are found by the names of the identity’s first link; a link `from` this model may name others',
    ];
    diagnostics.push(diagnostic('E1305', message, { span: column.span, hints }));
    return undefined;
  }
  return seen;
}
