import type { Definitions } from '../definition/definitions.ts';
import type { ProjectDefinition } from '../definition/project.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { CatalogExclusion, CatalogModel } from './catalog.ts';
import type { SqlReader } from './sql-reader.ts';
import { identifier as id } from './sql-text.ts';

/**
 * Rows whose entity is not among the excluded ones. A condition that is unknown does not exclude, and neither does a row without an entity.
 * `where` of the exclusion reads the columns of its model only, so the bare names in it cannot be caught by the outer query's.
 */
export function exclusionSql(exclusion: CatalogExclusion, keySql: string): string {
  return `not exists (select 1 from (select ${id(exclusion.key)} as excluded_key from ${exclusion.in} where ${exclusion.where}) as excluded where excluded.excluded_key = ${keySql})`;
}

/** Do the exclusions of project.yml name an entity and a model that are there? */
export function checkExclusions(definitions: Definitions): Diagnostic[] {
  const { entities, exclusions } = definitions.project;
  const models = definitions.models.map((m) => m.name);
  return exclusions.flatMap((exclusion) => [
    ...(models.includes(exclusion.in.value) ? [] : [unknown('model', exclusion.in, models)]),
    ...(entities.some((e) => e.name === exclusion.entity.value)
      ? []
      : [
          unknown(
            'entity',
            exclusion.entity,
            entities.map((e) => e.name),
          ),
        ]),
  ]);
}

function unknown(
  what: string,
  name: { readonly value: string; readonly span: Diagnostic['span'] },
  available: readonly string[],
): Diagnostic {
  return diagnostic('E1501', `unknown ${what} \`${name.value}\``, {
    span: name.span,
    hints: suggestNames(name.value, available),
  });
}

/** Reads the exclusions that look into `model`, and adds them to `planned`. */
export function planExclusions(
  model: CatalogModel,
  project: ProjectDefinition,
  planned: Map<string, CatalogExclusion>,
  sql: SqlReader,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const exclusion of project.exclusions.filter((e) => e.in.value === model.name)) {
    const entity = project.entities.find((e) => e.name === exclusion.entity.value);
    if (!entity) continue;
    if (!model.columns.some((c) => c.name === entity.key)) {
      const hints = suggestNames(
        entity.key,
        model.columns.map((c) => c.name),
      );
      diagnostics.push(
        diagnostic('E1305', `\`${model.name}\` has no column \`${entity.key}\`, the key of \`${entity.name}\``, {
          span: exclusion.in.span,
          hints,
        }),
      );
      continue;
    }
    const where = sql.predicate(exclusion.where, model);
    diagnostics.push(...where.diagnostics);
    if (where.canonical !== undefined)
      planned.set(exclusion.name, { name: exclusion.name, key: entity.key, in: model.name, where: where.canonical });
  }
  return diagnostics;
}
