import Handlebars from 'handlebars';
import { TemplateError } from './sql-helpers.ts';

/**
 * Throws for a value that stands in SQL without a word for how: `{{country}}` could be a name, a text or a piece of SQL, and only one of them is safe.
 * A value goes in by a helper; a block (`each`, `if`, `unless`) may read it.
 */
export function findBareValue(program: hbs.AST.Program, helpers: readonly string[]): void {
  class Visitor extends Handlebars.Visitor {
    override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
      const path = 'original' in mustache.path ? String(mustache.path.original) : '';
      const isCall = mustache.params.length > 0 || helpers.includes(path);
      if (isCall) {
        super.MustacheStatement(mustache);
        return;
      }
      const { line, column } = mustache.loc.start;
      throw new TemplateError(`\`{{${path}}}\` does not say how its value goes into SQL`, { line, column }, [
        `as a value \`{{literal ${path}}}\`, as a name \`{{ident ${path}}}\`, as values \`{{list ${path}}}\`, inside quotes \`'{{var "${path}"}}'\``,
      ]);
    }
  }
  new Visitor().accept(program);
}
