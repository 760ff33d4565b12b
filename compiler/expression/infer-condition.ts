import type { Node } from './ast.ts';
import { nodeLocation } from './ast.ts';
import type { Inference, Inferred } from './inference.ts';
import { report } from './inference.ts';
import type { Scope } from './scope.ts';
import { describeType, typeClass } from './sql-type.ts';

/** A condition: anything that is known and not boolean is refused, as PostgreSQL does. */
export function inferCondition(node: Node | undefined, scope: Scope, inference: Inference): Inferred {
  const inferred = inference.inferNode(node, scope);
  const found = typeClass(inferred.type);
  if (node && found !== undefined && found !== 'boolean') {
    report(
      inference,
      'E1407',
      nodeLocation(node),
      `a condition is expected, and this is ${describeType(inferred.type!)}`,
    );
  }
  return inferred;
}
