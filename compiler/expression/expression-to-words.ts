import type { ParsedExpression } from './contract.ts';
export function expressionToWords(e: ParsedExpression): string {
  return e.canonical;
}
