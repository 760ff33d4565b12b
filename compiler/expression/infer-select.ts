import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';
import type { Node } from './ast.ts';
import { selectOf } from './ast.ts';
import type { OutputColumn, ParsedSelect, SelectShape } from './contract.ts';
import { inferNode } from './infer-node.ts';
import { inferQuery } from './infer-query.ts';
import type { Inference, QueryColumn, ShapeOf } from './inference.ts';
import { resolveColumn, uniqueSources } from './scope.ts';
import type { SqlType } from './sql-type.ts';
import { languageType } from './sql-type.ts';
import { spanInText, tokenEnd } from './text-position.ts';

/** A shape with what a contract check must know besides: whether every column is known. */
export interface InferredSelect extends SelectShape {
  /** False where `*` stands over a table of unknown shape: `columns` is then empty. */
  readonly complete: boolean;
}

/**
 * Output columns of a query with types, as far as they follow, and where their values come from.
 *
 * @example
 * inferSelect(select, (model) => shapes.get(model))
 */
export function inferSelect(select: ParsedSelect, shapeOf: ShapeOf): InferredSelect {
  const inference = startInference(select.text, shapeOf);
  const columns = inferQuery(selectOf(select.ast), undefined, inference);
  const outputs = (columns ?? []).map((column) => outputColumn(column, select.text));
  return {
    columns: outputs,
    filters: uniqueSources(inference.filters),
    diagnostics: [...inference.diagnostics, ...checkOutputNames(outputs)],
    complete: columns !== undefined,
  };
}

export function startInference(
  text: SqlText,
  shapeOf: ShapeOf,
  resolve: Inference['resolve'] = resolveColumn,
): Inference {
  const inference: Inference = {
    text,
    shapeOf,
    diagnostics: [],
    filters: [],
    types: new Map(),
    resolve,
    inferNode: (node, scope) => inferNode(node, scope, inference),
    inferQuery: (select, outer) => inferQuery(select, outer, inference),
  };
  return inference;
}

/** The type of each node of a query, as far as it follows; what is wrong with the query is not reported. */
export function inferTypes(ast: Node, shapeOf: ShapeOf): ReadonlyMap<Node, SqlType> {
  const start = { offset: 0, line: 1, column: 1 };
  const inference = startInference({ text: '', span: { file: '', start, end: start } }, shapeOf);
  inferQuery(selectOf(ast), undefined, inference);
  return inference.types;
}

function outputColumn(column: QueryColumn, text: SqlText): OutputColumn {
  const type = languageType(column.type);
  return {
    name: column.name,
    ...(type ? { type } : {}),
    sources: uniqueSources(column.sources),
    span: spanInText(text, column.at, tokenEnd(text.text, column.at)),
  };
}

/** DuckDB tells names apart without regard to case, so that two which differ only in it are one too many. */
function checkOutputNames(columns: readonly OutputColumn[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Map<string, string>();
  columns.forEach((column, i) => {
    const folded = column.name.toLowerCase();
    const twin = seen.get(folded);
    if (column.name === '?column?') {
      found.push(
        diagnostic('E1406', `output column ${i + 1} has no name`, {
          span: column.span,
          hints: ['`as name` gives it one'],
        }),
      );
    } else if (twin !== undefined) {
      found.push(
        diagnostic(
          'E1302',
          `two output columns are called \`${column.name}\`${twin === column.name ? '' : ` and \`${twin}\``}`,
          { span: column.span, hints: ['`as name` tells them apart'] },
        ),
      );
    }
    seen.set(folded, column.name);
  });
  return found;
}
