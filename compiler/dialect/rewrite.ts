import type { FuncCall, Node } from '../expression/ast.ts';
import type { SqlType } from '../expression/sql-type.ts';

/** What a rewrite may ask: the type that inference found for a node of the canonical tree. */
export type TypeOf = (original: Node | undefined) => SqlType | undefined;

type CallNode = Extract<Node, { FuncCall: unknown }>;

/** How an engine writes a call: `node` has its arguments rewritten, `original` is the canonical call, by which types are asked. */
export type CallRewrite = (node: CallNode, original: CallNode, typeOf: TypeOf) => Node;

export function argumentsOf(call: FuncCall): readonly Node[] {
  return call.args ?? [];
}

export function isTime(type: SqlType | undefined): boolean {
  return type?.name === 'date' || type?.name === 'timestamp' || type?.name === 'local';
}

export function isText(type: SqlType | undefined): boolean {
  return type?.name === 'text';
}

export function asFunction(name: string): CallRewrite {
  return (node) => ({
    FuncCall: { ...node.FuncCall, funcname: [{ String: { sval: name } }], funcformat: 'COERCE_EXPLICIT_CALL' },
  });
}

/** The same call with other arguments. */
export function withArguments(node: CallNode, args: readonly Node[]): Node {
  return { FuncCall: { ...node.FuncCall, args: [...args] } };
}
