import { describe, expect, it } from 'vitest';
import type { Value } from '../../compiler/index.ts';
import { listRunnableEngines } from '../support/engines.ts';
import { column, useFileLoads } from './file-loads.ts';

const rules: readonly {
  readonly type: string;
  readonly zone?: string;
  readonly good: Readonly<Record<string, Value>>;
  readonly bad: readonly string[];
}[] = [
  {
    type: 'integer',
    good: { '1': 1, '+7': 7, '-0012': -12, '9223372036854775807': 9223372036854775807n },
    bad: ['', ' 1', '1.0', '1e3', '1_000', '0x1F', 'true', '9223372036854775808', '١'],
  },
  {
    type: 'decimal(12,2)',
    good: {
      '1': '1.00',
      '.5': '0.50',
      '5.': '5.00',
      '1.005': '1.01',
      '-1.005': '-1.01',
      '1.00499999999999999': '1.00',
      '1E3': '1000.00',
      '125e-3': '0.13',
      '9999999999.994': '9999999999.99',
    },
    bad: ['', ' 1', '12,50', '1 000', '$5', 'nan', 'inf', '9999999999.995', '1e99', '--1', '.', 'e5', '1_0'],
  },
  {
    type: 'double',
    good: { '1': 1, '-1.5e-3': -0.0015, '.1': 0.1, '1e308': 1e308 },
    bad: ['', 'NaN', 'Infinity', '1e999', '1,5', '0x10', ' 1'],
  },
  {
    type: 'boolean',
    good: { true: true, T: true, '1': true, Yes: true, FALSE: false, f: false, '0': false, no: false },
    bad: ['', 'on', 'y', '2', 'да', ' true'],
  },
  {
    type: 'date',
    good: { '2025-01-03': '2025-01-03', '2024-02-29': '2024-02-29', '0001-01-01': '0001-01-01' },
    bad: [
      '',
      '2025-02-29',
      '2025-1-3',
      '03.01.2025',
      '0000-01-01',
      '2025-01-03T00:00:00',
      'today',
      'infinity',
      '12025-01-03',
    ],
  },
  {
    type: 'timestamp',
    good: {
      '2025-01-03T10:00': '2025-01-03T10:00:00Z',
      '2025-01-03 10:00:00': '2025-01-03T10:00:00Z',
      '2025-01-03T10:00:00.123456789Z': '2025-01-03T10:00:00.123456Z',
      '2025-01-03T10:00:00.9999999': '2025-01-03T10:00:00.999999Z',
      '2025-01-03T10:00Z': '2025-01-03T10:00:00Z',
      '2025-01-03 10:00:00 z': '2025-01-03T10:00:00Z',
      '2025-01-03T10:00+05': '2025-01-03T05:00:00Z',
      '2025-01-03T10:00:00+05:30': '2025-01-03T04:30:00Z',
      '2025-01-03T10:00:00.5-0330': '2025-01-03T13:30:00.5Z',
    },
    bad: [
      '',
      '2025-01-03',
      '2025-01-03T24:00:00',
      '2025-01-03T10:60',
      '2025-01-03T10:00:60',
      '2025-02-30T10:00:00',
      '2025-01-03T10:00:00 Europe/Berlin',
      '1735900000',
      '2025-01-03T10',
      '0000-01-01T00:00:00',
    ],
  },
  {
    type: 'timestamp',
    zone: 'Europe/Moscow',
    good: {
      '2025-01-03T10:00:00': '2025-01-03T07:00:00Z',
      '2025-01-03 10:00': '2025-01-03T07:00:00Z',
      '2025-01-03T10:00:00Z': '2025-01-03T10:00:00Z',
      '2025-01-03T10:00:00+01': '2025-01-03T09:00:00Z',
    },
    bad: ['2025-01-03'],
  },
  {
    type: 'json',
    good: {
      '{"b":[1.50,"x"],"a":null}': '{"a":null,"b":[1.50,"x"]}',
      '1': '1',
      '"nan, inf]"': '"nan, inf]"',
      null: 'null',
      ' [ ] ': '[]',
    },
    bad: [
      '',
      'NaN',
      '[1,]',
      '{"a":1,}',
      '[Infinity]',
      '{a:1}',
      "{'a':1}",
      '"\\u0000"',
      '01',
      '1e99999',
      '[1] 2',
      '"\\ud800"',
    ],
  },
  { type: 'text', good: { ' a ': ' a ', NULL: 'NULL', 'é😀': 'é😀' }, bad: ['a\0b'] },
];

describe.each(listRunnableEngines())('types of what is in files on $name', ({ prepare }) => {
  const loads = useFileLoads(prepare);

  it.each(rules)('reads $type ($zone) by the rule', async ({ type, zone, good, bad }) => {
    const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
    const values = [...Object.keys(good), ...bad];
    const file = loads.write('a.csv', `v\n${values.map(quote).join('\n')}\n`);
    await loads.load('csv', [column('v', type, zone === undefined ? {} : { zone })], [file]);
    expect((await loads.read('v')).map(([value]) => value)).toEqual(Object.values(good));
    const expected = bad.map((value, index) => [
      Object.keys(good).length + index + 1,
      expect.stringContaining(type === 'text' ? 'NUL' : `'${value}'`),
    ]);
    expect(await loads.reasons()).toEqual(expected);
  });
});
