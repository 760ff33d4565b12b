import { walkAst } from '../../expression/walk-ast.ts';

/** Does a tree read the stored table anywhere? */
export function readsModel(root: unknown, model: string): boolean {
  let found = false;
  walkAst(root, (node) => {
    if ('RangeVar' in node && `${node.RangeVar.schemaname}.${node.RangeVar.relname}` === model) found = true;
    return !found;
  });
  return found;
}
