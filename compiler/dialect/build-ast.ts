import type { Node, TypeName } from '../expression/ast.ts';

export function text(value: string): Node {
  return { String: { sval: value } };
}

export function constant(value: string | number | null): Node {
  if (value === null) return { A_Const: { isnull: true } };
  if (typeof value === 'string') return { A_Const: { sval: { sval: value } } };
  return { A_Const: { ival: value === 0 ? {} : { ival: value } } };
}

export function floatConstant(digits: string): Node {
  return { A_Const: { fval: { fval: digits } } };
}

export function operator(name: string, left: Node | undefined, right: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [text(name)], ...(left ? { lexpr: left } : {}), rexpr: right } };
}

export function call(name: string, args: readonly Node[]): Node {
  if (name === 'nullif')
    return { A_Expr: { kind: 'AEXPR_NULLIF', name: [text('=')], lexpr: args[0]!, rexpr: args[1]! } };
  return { FuncCall: { funcname: [text(name)], args: [...args], funcformat: 'COERCE_EXPLICIT_CALL' } };
}

export function type(name: string, modifiers: readonly number[] = []): TypeName {
  return { names: [text(name)], typemod: -1, ...(modifiers.length > 0 ? { typmods: modifiers.map(constant) } : {}) };
}

export function cast(arg: Node, to: TypeName): Node {
  return { TypeCast: { arg, typeName: to } };
}
