import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findTampering, type LedgerHead } from './find-tampering.ts';
import { type ChainedLine, hashLine, type LedgerLine, noHash } from './ledger-line.ts';

const about: LedgerLine = {
  what: 'file',
  id: '20250701T060000-00000000',
  at: '2025-07-01T06:00:00Z',
  who: 'eva@host',
  role: 'crm',
  purpose: 'Summer catalogue',
  segment: 'vip',
  segmentVersion: 2,
  fingerprint: '0123456789abcdef',
  asOf: '2025-07-01T00:00:00Z',
  columns: ['user_id', 'country'],
  destination: 'vip.csv',
  rows: 12,
  idsHash: 'a',
  contentHash: 'b',
  watermark: 'c',
};

function chain(length: number): { readonly lines: ChainedLine[]; readonly head: LedgerHead | undefined } {
  const lines: ChainedLine[] = [];
  for (let number = 1; number <= length; number++) {
    const previousHash = lines.at(-1)?.hash ?? noHash;
    const line = { ...about, rows: number * 10 };
    lines.push({ ...line, number, previousHash, hash: hashLine(line, number, previousHash) });
  }
  return { lines, head: length === 0 ? undefined : { lines: length, hash: lines.at(-1)!.hash } };
}

const told = (lines: readonly ChainedLine[], head: LedgerHead | undefined) =>
  findTampering(lines, head).map(({ line, what }) => [line, what]);

it.each([0, 1, 5])('a ledger of %i lines as it was written is whole', (length) => {
  const { lines, head } = chain(length);
  expect(told(lines, head)).toEqual([]);
});

it('a line that says something else is named, whatever was changed', () => {
  const edits: Partial<LedgerLine>[] = [
    { what: 'webhook' },
    { id: 'x' },
    { at: 'x' },
    { who: 'x' },
    { role: 'x' },
    { purpose: 'x' },
    { segment: 'x' },
    { segmentVersion: 3 },
    { fingerprint: 'x' },
    { asOf: 'x' },
    { columns: ['user_id'] },
    { destination: 'x' },
    { rows: 1 },
    { idsHash: 'x' },
    { contentHash: 'x' },
    { watermark: 'x' },
  ];
  expect(edits.map((edit) => Object.keys(edit)[0]).sort()).toEqual(Object.keys(about).sort());
  for (const edit of edits) {
    const { lines, head } = chain(4);
    lines[1] = { ...lines[1]!, ...edit };
    expect(told(lines, head), JSON.stringify(edit)).toEqual([[2, 'changed']]);
  }
});

it('a line that was changed with its own hash no longer carries the next one', () => {
  const { lines, head } = chain(4);
  const forged = { ...lines[1]!, rows: 1 };
  lines[1] = { ...forged, hash: hashLine(forged, 2, forged.previousHash) };
  expect(told(lines, head)).toEqual([[3, 'reordered']]);
  const { lines: whole, head: last } = chain(4);
  const end = { ...whole[3]!, rows: 1 };
  whole[3] = { ...end, hash: hashLine(end, 4, end.previousHash) };
  expect(told(whole, last)).toEqual([[4, 'changed']]);
});

it('lines that are gone are named: in the middle, at the beginning, at the end, all of them', () => {
  const { lines, head } = chain(5);
  expect(told(lines.toSpliced(1, 2), head)).toEqual([[2, 'removed']]);
  expect(told(lines.slice(1), head)).toEqual([[1, 'removed']]);
  expect(told(lines.slice(0, 4), head)).toEqual([[5, 'removed']]);
  expect(told([], head)).toEqual([[1, 'removed']]);
  expect(told(lines, undefined)).toEqual([[6, 'head']]);
});

it('two lines that changed places are both named', () => {
  const { lines, head } = chain(4);
  const [, second, third] = lines as [ChainedLine, ChainedLine, ChainedLine, ChainedLine];
  const moved = [lines[0]!, { ...third, number: 2 }, { ...second, number: 3 }, lines[3]!];
  expect(told(moved, head)).toEqual([
    [2, 'reordered'],
    [3, 'reordered'],
    [4, 'reordered'],
  ]);
});

it('a line that no export wrote is named', () => {
  const { lines, head } = chain(3);
  const more = { ...about, number: 4, previousHash: lines[2]!.hash };
  expect(told([...lines, { ...more, hash: hashLine(more, 4, more.previousHash) }], head)).toEqual([[4, 'added']]);
  expect(told([lines[0]!, lines[0]!, lines[1]!, lines[2]!], head).map(([, what]) => what)).toContain('added');
});

it('whatever single thing happens to a ledger is found', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
      fc.constantFrom('edit', 'drop', 'swap'),
      (length, at, how) => {
        const { lines, head } = chain(length);
        const i = at % length;
        const j = (i + 1) % length;
        const rows = [...lines];
        if (how === 'edit') rows[i] = { ...rows[i]!, purpose: 'another' };
        else if (how === 'drop') rows.splice(i, 1);
        else if (length > 1)
          [rows[i], rows[j]] = [
            { ...rows[j]!, number: i + 1 },
            { ...rows[i]!, number: j + 1 },
          ];
        else return;
        rows.sort((a, b) => a.number - b.number);
        expect(findTampering(rows, head)).not.toEqual([]);
      },
    ),
  );
});
