import type { AccountPart } from '../state/record-account.ts';

const words = {
  in: 'in',
  out: 'out',
  duplicate: 'duplicates',
  excluded: 'excluded',
  rejected: 'rejected',
  rest: 'not wanted or waiting',
} as const;

/** `12 in = 9 out + 2 duplicates + 1 excluded (test_users)` */
export function describeAccount(parts: readonly AccountPart[]): string {
  const order = Object.keys(words);
  const sorted = [...parts].sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
  const told = sorted.filter(({ part, rows }) => part === 'in' || part === 'out' || rows > 0);
  const [first, ...others] = told.map(
    ({ part, rule, rows }) => `${rows.toLocaleString('en-US')} ${words[part]}${rule === undefined ? '' : ` (${rule})`}`,
  );
  return `${first} = ${others.join(' + ')}`;
}
