import type { ColumnType } from '../../definition/type-name.ts';

/** A small table with one column of each type of the language, and rows that are awkward on purpose. */
export const factColumns: readonly { readonly name: string; readonly type: ColumnType }[] = [
  { name: 'id', type: { name: 'integer' } },
  { name: 'n', type: { name: 'integer' } },
  { name: 'd', type: { name: 'decimal', precision: 12, scale: 2 } },
  { name: 'w', type: { name: 'double' } },
  { name: 's', type: { name: 'text' } },
  { name: 'b', type: { name: 'boolean' } },
  { name: 'day', type: { name: 'date' } },
  { name: 't', type: { name: 'timestamp' } },
  { name: 'j', type: { name: 'json' } },
];

export const factRows: readonly (readonly (string | null)[])[] = [
  [
    '1',
    '5',
    '2.01',
    '2.5',
    'Apple',
    'true',
    '2025-01-31',
    '2025-01-31 23:30:01.5+00',
    '{"a": {"b": "x"}, "list": [1, 2, 3], "n": 1.5, "t": true, "z": null}',
  ],
  [
    '2',
    '0',
    '0.00',
    '-2.5',
    'banana',
    'false',
    '2024-02-29',
    '2024-02-29 00:00:00+00',
    '{"a": {"b": "y"}, "list": []}',
  ],
  [
    '3',
    '-7',
    '-10.55',
    '0.125',
    "it's",
    'true',
    '2025-03-30',
    '2025-03-30 01:30:00+00',
    '{"a": 7, "list": ["p", "q"]}',
  ],
  ['4', null, null, null, null, null, null, null, null],
  ['5', '3', '99999999.99', '0', '', 'false', '2025-12-31', '2025-12-31 22:59:59.999999+00', '{}'],
  [
    '6',
    '1000000',
    '0.05',
    '1e3',
    'a\\b%_c',
    'true',
    '2025-10-26',
    '2025-10-26 00:30:00+00',
    '{"a": {"b": null}, "k.e": "dot"}',
  ],
  ['7', '2', '1.25', '3.5', 'Ёлка Ж', 'false', '2023-01-01', '2023-01-01 12:00:00+00', '{"a": "x"}'],
  [
    '8',
    '5',
    '2.50',
    '-0.5',
    'line\nbreak',
    null,
    '2025-06-15',
    '2025-06-15 12:34:56.789+00',
    '[1, "two", {"three": 3}]',
  ],
];

export const userRows: readonly (readonly (string | null)[])[] = [
  ['1', 'Ann', 'DE'],
  ['2', 'bob', null],
  ['3', 'Żofia', 'PL'],
  ['9', 'zed', 'DE'],
];

export const userColumns: readonly { readonly name: string; readonly type: ColumnType }[] = [
  { name: 'id', type: { name: 'integer' } },
  { name: 'name', type: { name: 'text' } },
  { name: 'country', type: { name: 'text' } },
];
