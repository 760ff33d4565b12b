import { type Diagnostic, diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';
import type { Node } from '../expression/ast.ts';
import type { ColumnSource, ParsedExpression, ShapeColumn } from '../expression/contract.ts';
import { expressionInWords } from '../expression/expression-to-words.ts';
import { inferExpression } from '../expression/infer-expression.ts';
import { inferSelect } from '../expression/infer-select.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { parseSelect } from '../expression/parse-select.ts';
import { type InEachLanguage, inEachLanguage } from '../expression/words-language.ts';
import type { SqlText } from '../source/source-file.ts';
import { type CatalogModel, shapeOf } from './catalog.ts';

/** An author's expression, read against a model: templated, parsed, its columns found. `canonical` is absent where there were errors. */
export interface ReadExpression {
  readonly canonical?: string;
  readonly parsed?: ParsedExpression;
  readonly node?: Node;
  readonly type?: ShapeColumn['type'];
  readonly sources: readonly ColumnSource[];
  readonly words: InEachLanguage<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Fills in the repetition of a text: the template room's `render`. */
export interface TextRenderer {
  render(text: SqlText): { readonly text: SqlText; readonly diagnostics: readonly Diagnostic[] };
}

/** Reads the SQL that authors write inside definitions. */
export interface SqlReader {
  /** Any expression over a model's columns, without aggregates. */
  expression(sql: SqlText, model: CatalogModel): ReadExpression;
  /** The same, known to be boolean or not known. */
  predicate(sql: SqlText, model: CatalogModel): ReadExpression;
  /** An expression over aggregates of a model's columns. */
  aggregate(sql: SqlText, model: CatalogModel): ReadExpression;
  /** Templated and parsed only: for formulas whose names are found elsewhere. */
  parse(sql: SqlText): { readonly parsed?: ParsedExpression; readonly diagnostics: readonly Diagnostic[] };
  /** A SELECT whose rows are failures. */
  failuresQuery(sql: SqlText): {
    readonly canonical?: string;
    readonly reads: readonly string[];
    readonly diagnostics: readonly Diagnostic[];
  };
}

export function createSqlReader(templates: TextRenderer, models: ReadonlyMap<string, CatalogModel>): SqlReader {
  const cache = new Map<SqlText, ReturnType<SqlReader['parse']>>();
  const parse: SqlReader['parse'] = (sql) => {
    const known = cache.get(sql) ?? parseOnce(sql);
    cache.set(sql, known);
    return known;
  };
  const parseOnce: SqlReader['parse'] = (sql) => {
    const rendered = templates.render(sql);
    if (hasErrors(rendered.diagnostics)) return { diagnostics: rendered.diagnostics };
    const outcome = parseExpression(rendered.text);
    return {
      ...(outcome.expression ? { parsed: outcome.expression } : {}),
      diagnostics: [...rendered.diagnostics, ...outcome.diagnostics],
    };
  };
  const read = (sql: SqlText, model: CatalogModel, wants: 'row' | 'predicate' | 'aggregate'): ReadExpression => {
    const { parsed, diagnostics } = parse(sql);
    if (!parsed) return { sources: [], words: inEachLanguage(() => sql.text), diagnostics };
    const inferred = inferExpression(parsed, shapeOf(model), { model: model.name });
    const all = [...diagnostics, ...inferred.diagnostics, ...checkUse(parsed, wants, inferred.type?.name, sql)];
    const words = expressionInWords(parsed);
    if (hasErrors(all)) return { sources: [], words, diagnostics: all };
    return {
      canonical: parsed.canonical,
      parsed,
      node: parsed.ast as Node,
      ...(inferred.type ? { type: inferred.type } : {}),
      sources: inferred.sources,
      words,
      diagnostics: all,
    };
  };
  return {
    parse,
    expression: (sql, model) => read(sql, model, 'row'),
    predicate: (sql, model) => read(sql, model, 'predicate'),
    aggregate: (sql, model) => read(sql, model, 'aggregate'),
    failuresQuery(sql) {
      const rendered = templates.render(sql);
      if (hasErrors(rendered.diagnostics)) return { reads: [], diagnostics: rendered.diagnostics };
      const { select, diagnostics } = parseSelect(rendered.text);
      if (!select) return { reads: [], diagnostics: [...rendered.diagnostics, ...diagnostics] };
      const shape = inferSelect(select, (name) => {
        const model = models.get(name);
        return model && shapeOf(model);
      });
      const all = [...rendered.diagnostics, ...diagnostics, ...shape.diagnostics];
      const reads = [...new Set(select.tables.map((table) => table.model))].sort();
      return { ...(hasErrors(all) ? {} : { canonical: select.canonical }), reads, diagnostics: all };
    },
  };
}

function checkUse(
  parsed: ParsedExpression,
  wants: 'row' | 'predicate' | 'aggregate',
  type: string | undefined,
  sql: SqlText,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (wants !== 'aggregate' && parsed.aggregate)
    found.push(
      diagnostic('E1410', 'an aggregate where each row is looked at by itself', {
        span: sql.span,
        hints: ['aggregates belong into metrics'],
      }),
    );
  if (wants === 'aggregate' && !parsed.aggregate)
    found.push(
      diagnostic('E1409', 'no aggregate, where one value per group is expected', {
        span: sql.span,
        hints: ['for example `sum(amount)` or `count(*)`'],
      }),
    );
  if (wants === 'predicate' && type !== undefined && type !== 'boolean')
    found.push(diagnostic('E1407', `${type} where true or false is expected`, { span: sql.span }));
  return found;
}
