import type { AccountPart } from '../state/record-account.ts';

/** In the order in which they are told. */
const words = {
  in: 'in',
  out: 'out',
  duplicate: 'duplicates',
  excluded: 'excluded',
  rejected: 'rejected',
  rest: 'others',
} as const;

/** `12 in = 9 out + 2 duplicates + 1 excluded (test_users)` */
export function describeAccount(parts: readonly AccountPart[]): string {
  const order = Object.keys(words);
  const sorted = [...parts].sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
  const [first, second, ...others] = sorted.filter(({ part, rows }) => part === 'in' || part === 'out' || rows !== 0);
  const rest = others.map((one) => `${one.rows < 0 ? ' - ' : ' + '}${tell(one)}`);
  return `${first && tell(first)} = ${second && tell(second)}${rest.join('')}`;
}

function tell({ part, rule, rows }: AccountPart): string {
  return `${Math.abs(rows).toLocaleString('en-US')} ${words[part]}${rule === undefined ? '' : ` (${rule})`}`;
}
