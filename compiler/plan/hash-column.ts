import type { ColumnDefinition, DeclarativeModel, ModelDefinition } from '../definition/model.ts';
import type { ProjectDefinition } from '../definition/project.ts';
import { formatType } from '../definition/type-name.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Node } from '../expression/ast.ts';
import { composeSources } from '../expression/scope.ts';
import type { PlannedColumn } from './plan-model.ts';
import type { ReadExpression } from './sql-reader.ts';

/** What stands for a keyed hash in canonical SQL. */
export const hashFunction = 'etalon_hash';

/**
 * `hash:` as a call that each dialect writes as HMAC-SHA-256 over two pads, which the runtime binds: the key is in no text. Integers are hashed by their digits;
 * other types are spelled differently by the engines.
 */
export function planHash(
  column: ColumnDefinition,
  read: ReadExpression,
  qualify: (node: Node) => string,
  diagnostics: Diagnostic[],
): (PlannedColumn & { readonly qualified: string }) | undefined {
  diagnostics.push(...read.diagnostics);
  if (!read.node) return undefined;
  const type = read.type?.name;
  if (type !== undefined && type !== 'text' && type !== 'integer') {
    const hints = ["the engines spell it differently; a text of it is the same on each: `to_char(x, 'YYYY-MM-DD')`"];
    const message = `\`hash\` takes text or an integer, and this is ${type}`;
    diagnostics.push(diagnostic('E1407', message, { span: column.span, hints }));
    return undefined;
  }
  if (column.type && column.type.name !== 'text') {
    const message = `\`${column.name}\` is ${formatType(column.type)}, and a hash is text`;
    diagnostics.push(diagnostic('E1407', message, { span: column.span, hints: ['leave `type` out'] }));
  }
  const call = (value: string) => `${hashFunction}(${type === 'text' ? value : `cast(${value} as text)`})`;
  return {
    name: column.name,
    type: 'text',
    expression: call(read.canonical!),
    sources: composeSources(read.sources, 'changed'),
    qualified: call(qualify(read.node)),
  };
}

/** Has the model a column that takes the key to be computed? */
export function hashes({ columns }: Pick<ModelDefinition, 'columns'>): boolean {
  return columns.some(({ body }) => body.form === 'hash');
}

/** Where there is a hash there is a key, and the table that the key was used for: a view would hold the key in its text. */
export function checkHashes(models: readonly ModelDefinition[], project: ProjectDefinition): Diagnostic[] {
  const hashing = models.filter((model): model is DeclarativeModel => model.form === 'declarative' && hashes(model));
  return hashing.flatMap((model) => {
    const { span } = model.columns.find(({ body }) => body.form === 'hash')!;
    const found: Diagnostic[] = [];
    if (project.hashKeyEnv === undefined) {
      const hints = ['add `hash_key_env: ETALON_HASH_KEY` to project.yml: the name of the variable that holds it'];
      found.push(diagnostic('E1202', '`hash` needs a key, and the project names none', { span, hints }));
    }
    if (model.materialized === 'view') {
      const hints = ['take `materialized: view` out'];
      found.push(diagnostic('E1306', '`hash` does not apply to a view: its text would hold the key', { span, hints }));
    }
    return found;
  });
}
