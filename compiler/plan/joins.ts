import { type Diagnostic, diagnostic, type Span } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { Catalog, CatalogModel } from './catalog.ts';

/** A LEFT JOIN along a relation. `alias` is the path, `on` pairs (column of `from`, key column of `model`). */
export interface Join {
  readonly alias: string;
  readonly model: string;
  readonly from: string;
  readonly on: readonly (readonly [string, string])[];
}

export interface ResolvedColumn {
  /** `t.amount`, `customer.channel`, quoted where needed by the caller's quoter. */
  readonly alias: string;
  readonly column: string;
  readonly model: string;
  readonly type?: string;
  readonly joins: readonly Join[];
}

export const baseAlias = 't';

/**
 * A column named from a model: its own (`['amount']`) or through relations (`['customer', 'channel']`). Each relation must lead to the whole declared key of its
 * target, which is tested for uniqueness: so a join finds at most one row and cannot fan out.
 */
export function resolveColumn(
  catalog: Pick<Catalog, 'models'>,
  base: CatalogModel,
  path: readonly string[],
  span?: Span,
): { readonly column?: ResolvedColumn; readonly diagnostics: readonly Diagnostic[] } {
  const flat = base.flattened?.get(path.join('.'));
  if (flat !== undefined) return resolveColumn(catalog, { ...base, flattened: new Map() }, [flat], span);
  const joins: Join[] = [];
  let model = base;
  let alias = baseAlias;
  for (const [i, name] of path.slice(0, -1).entries()) {
    const relation = model.relations.find((r) => r.name === name);
    if (!relation) {
      const detail = { span, hints: relationHints(model, name) };
      return { diagnostics: [diagnostic('E1601', `\`${model.name}\` has no relation \`${name}\``, detail)] };
    }
    const target = catalog.models.get(relation.to);
    if (!target) return { diagnostics: [] }; // said where the relation is declared
    const unsafe = whyUnsafe(relation, target, path.slice(0, i + 1));
    if (unsafe) return { diagnostics: [diagnostic('E1602', unsafe.message, { span, hints: unsafe.hints })] };
    const next = i === 0 ? name : `${alias}__${name}`;
    joins.push({
      alias: next,
      model: target.name,
      from: alias,
      on: relation.on.map((column, k) => [column, target.key[k]!] as const),
    });
    alias = next;
    model = target;
  }
  const name = path[path.length - 1]!;
  const column = model.columns.find((c) => c.name === name);
  if (!column) {
    const names = model.columns.map((c) => c.name);
    return {
      diagnostics: [
        diagnostic('E1305', `\`${model.name}\` has no column \`${name}\``, {
          span,
          hints: [...throughRelations(catalog, model, path), ...suggestNames(name, names)],
        }),
      ],
    };
  }
  return {
    column: {
      alias,
      column: name,
      model: model.name,
      ...(column.type === undefined ? {} : { type: column.type }),
      joins,
    },
    diagnostics: [],
  };
}

/** Where else a column of that name is: behind relations of the model. */
function throughRelations({ models }: Pick<Catalog, 'models'>, model: CatalogModel, path: readonly string[]): string[] {
  const [name, before] = [path[path.length - 1]!, path.slice(0, -1)];
  const found = model.relations.filter(({ to }) => models.get(to)?.columns.some((column) => column.name === name));
  const dotted = found.map((relation) => `\`${[...before, relation.name, name].join('.')}\``);
  return dotted.length > 0 ? [`it is there through a relation: ${dotted.join(' or ')}`] : [];
}

function relationHints(model: CatalogModel, name: string): string[] {
  if (model.relations.length > 0)
    return suggestNames(
      name,
      model.relations.map((r) => r.name),
    );
  return [
    `declare it on the model that holds the foreign key: \`relations: {${name}: {to: marts.…, on: …}}\` in \`${model.name}\``,
  ];
}

function whyUnsafe(
  relation: CatalogModel['relations'][number],
  target: CatalogModel,
  path: readonly string[],
): { message: string; hints: string[] } | undefined {
  const dotted = path.join('.');
  if (target.key.length === 0) {
    return {
      message: `the join \`${dotted}\` could fan out: \`${target.name}\` declares no key`,
      hints: [`declare \`key:\` in \`${target.name}\`; a declared key is tested for uniqueness before every publish`],
    };
  }
  if (target.key.length !== relation.on.length) {
    return {
      message: `the join \`${dotted}\` could fan out: \`on\` has ${relation.on.length} of the ${target.key.length} columns of the key of \`${target.name}\``,
      hints: [`its key is [${target.key.join(', ')}]: name the columns that hold it, in this order`],
    };
  }
  return undefined;
}
