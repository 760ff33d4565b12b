import type { ProjectDefinition } from '../../definition/project.ts';
import type { SegmentDefinition } from '../../definition/segment.ts';
import { parseType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import { inferExpression } from '../../expression/infer-expression.ts';
import type { SqlText } from '../../source/source-file.ts';
import type { Catalog, CatalogModel } from '../catalog.ts';
import { resolveColumn } from '../joins.ts';
import type { SqlReader } from '../sql-reader.ts';
import type { CatalogSegment } from './rule.ts';

/** What a segment's names are looked up in. */
export interface SegmentContext {
  readonly project: ProjectDefinition;
  /** `segments`: those that come before this one. */
  readonly catalog: Catalog;
  /** Models that are defined, also those with errors, which the catalog lacks. */
  readonly declared: ReadonlySet<string>;
  /** Models that have columns only: their rows come from examples. */
  readonly contracts: ReadonlySet<string>;
  readonly sql: SqlReader;
}

/** One segment while its names are being found. */
export interface Analysis extends SegmentContext {
  readonly definition: SegmentDefinition;
  readonly head: Pick<CatalogSegment, 'name' | 'entity' | 'key' | 'attributes' | 'exclude'>;
  readonly diagnostics: Diagnostic[];
  /** Why it is not computed. */
  readonly obstacles: string[];
}

/** An author's condition over the columns of a model and of what its relations lead to, as canonical SQL. */
export function readRowCondition(text: SqlText, model: CatalogModel, analysis: Analysis): string | undefined {
  const { sql, catalog, diagnostics } = analysis;
  const { parsed, diagnostics: found } = sql.parse(text);
  diagnostics.push(...found);
  if (!parsed) return undefined;
  const types = new Map(
    parsed.columns.map(({ path, span }) => {
      const outcome = resolveColumn(catalog, model, path, span);
      diagnostics.push(...outcome.diagnostics);
      return [path.join('.'), outcome.column?.type];
    }),
  );
  for (const { span } of parsed.tables)
    diagnostics.push(
      diagnostic('E1408', 'a condition looks at one row, and this one asks another table', {
        span,
        hints: ['put what it needs into a column of the model'],
      }),
    );
  if (parsed.aggregate)
    diagnostics.push(
      diagnostic('E1410', 'an aggregate where each row is looked at by itself', {
        span: text.span,
        hints: ['counts and sums are asked for by `times`, `sum`, `avg`, `min`, `max` and `days`'],
      }),
    );
  return checkBoolean(text, analysis, (name) => types.get(name), "plan = 'pro'");
}

/** The same over scores: whole numbers by name. */
export function readScoreCondition(text: SqlText, names: readonly string[], analysis: Analysis): string | undefined {
  const { sql, diagnostics } = analysis;
  const { parsed, diagnostics: found } = sql.parse(text);
  diagnostics.push(...found);
  if (!parsed) return undefined;
  for (const { path, span } of parsed.columns)
    if (!names.includes(path.join('.')))
      diagnostics.push(
        diagnostic('E1405', `there is no score \`${path.join('.')}\``, {
          span,
          hints: suggestNames(path.join('.'), names).concat(
            'scores are `r` (recency), `f` (frequency) and `m` (monetary), each where it has cuts',
          ),
        }),
      );
  return checkBoolean(text, analysis, () => 'integer', `${names[0]} >= 2`);
}

function checkBoolean(
  text: SqlText,
  { sql, diagnostics }: Analysis,
  typeOf: (path: string) => string | undefined,
  example: string,
): string | undefined {
  const { parsed } = sql.parse(text);
  const inferred = inferExpression(parsed!, (path) => {
    const type = typeOf(path.join('.'));
    const known = type === undefined ? undefined : parseType(type);
    return { ...(known ? { type: known } : {}), sources: [] };
  });
  diagnostics.push(...inferred.diagnostics);
  if (inferred.type !== undefined && inferred.type.name !== 'boolean')
    diagnostics.push(
      diagnostic('E1407', `${inferred.type.name} where true or false is expected`, {
        span: text.span,
        hints: [`for example \`${example}\``],
      }),
    );
  return parsed!.canonical;
}
