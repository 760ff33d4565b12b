import { first, rawOrders, totals } from './file-orders.ts';
import type { Scenario } from './scenario.ts';

/** What stands in files: rows that cannot be read are kept aside, and names may be of any script. */
export const contentScenarios: readonly Scenario[] = [
  {
    title: 'rows that cannot be read are kept aside and counted',
    models: [rawOrders, totals],
    steps: [
      {
        files: { 'data/1.csv': 'id,amount,status\n1,10,paid\nx,20,open\n,30,open\n4,much,open\n' },
        expect: {
          steps: { 'raw.orders': 'built' },
          tables: { 'raw.orders': [['1', '10.00', 'paid']] },
          state: {
            'select count(*), min(_line), max(_line) from raw.orders__rejected': ['3', '2', '4'],
            "select row_count, rejected_count from etalon_state.versions where model = 'raw.orders'": ['1', '3'],
            'select row_count, rejected_count from etalon_state.loaded_files': ['1', '3'],
          },
        },
      },
    ],
  },
  {
    title: 'empty files, files of a header only and no files at all',
    models: [
      rawOrders,
      { ...rawOrders, name: 'raw.none', source: { ...rawOrders.source!, pattern: 'nothing/**/*.csv' } },
      totals,
    ],
    steps: [
      {
        files: { 'data/1.csv': 'id,amount,status\n', 'data/2.csv': first },
        expect: {
          steps: { 'raw.none': 'built: never loaded: no file matches', 'raw.orders': 'built' },
          tables: {
            'raw.none': [],
            'raw.orders': [
              ['1', '10.50', 'paid'],
              ['2', '20.00', 'open'],
            ],
          },
        },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'JSON lines, one object a line, in any order of keys',
    models: [
      {
        name: 'raw.events',
        columns: 'id text!, at_time timestamp, properties json',
        time: 'at_time',
        source: { from: 'files', pattern: 'data/**/*.jsonl', format: 'jsonl', onChange: 'error' },
      },
    ],
    steps: [
      {
        files: {
          'data/2025/01/a.jsonl':
            '{"id":"a","at_time":"2025-01-01T10:00:00.123456Z","properties":{"b":1,"a":[1,2]}}\n{"at_time":"2025-01-01T12:00:00+02:00","id":"b"}\n',
          'data/b.jsonl': '{"id":"c","at_time":"yesterday"}\nnot json\n',
        },
        expect: {
          state: {
            'select count(*) from raw.events': ['2'],
            "select at_time from raw.events where id = 'a'": ['2025-01-01T10:00:00.123456Z'],
            "select at_time from raw.events where id = 'b'": ['2025-01-01T10:00:00Z'],
            'select count(*) from raw.events__rejected': ['2'],
            "select fresh_through, complete_through from etalon_state.versions where model = 'raw.events'": [
              '2025-01-01T10:00:00.123456Z',
              '2025-06-01T00:00:01Z',
            ],
          },
        },
      },
    ],
  },
  {
    title: 'the arrival column of files is their watermark, and the future does not move it',
    models: [
      {
        name: 'raw.events',
        columns: 'id text, received timestamp, happened timestamp',
        time: 'happened',
        source: { from: 'files', pattern: 'data/*.csv', format: 'csv', onChange: 'error', loadedAt: 'received' },
      },
      {
        name: 'clean.events',
        columns: 'id text, happened timestamp',
        time: 'happened',
        sql: 'select id, happened from raw.events',
      },
    ],
    steps: [
      {
        files: {
          'data/1.csv':
            'id,received,happened\na,2025-01-02T00:00:00Z,2025-01-01T00:00:00Z\nb,2025-01-03T00:00:00Z,2025-01-05T00:00:00Z\nc,2031-01-01T00:00:00Z,2030-01-01T00:00:00Z\n',
        },
        expect: {
          state: {
            "select fresh_through, complete_through from etalon_state.versions where model = 'clean.events'": [
              '2025-01-01T00:00:00Z',
              '2025-01-03T00:00:00Z',
            ],
          },
        },
      },
    ],
  },
  {
    title: 'Russian names of files, columns and values',
    models: [
      { ...rawOrders, source: { ...rawOrders.source!, pattern: 'данные/{заказы,возвраты}-*.csv' } },
      {
        ...totals,
        sql: "select status, count(*) as orders, sum(amount) as amount from raw.orders where status <> 'отменён' group by status",
      },
    ],
    steps: [
      {
        files: {
          'данные/заказы-1.csv': 'id,amount,status\n1,10,"оплачен, «да»"\n2,5,отменён\n',
          'данные/возвраты-1.csv': 'id,amount,status\n3,-1,возврат\n',
          'данные/прочее-1.csv': 'id,amount,status\n4,1,x\n',
        },
        expect: {
          tables: {
            'marts.totals': [
              ['возврат', '1', '-1.00'],
              ['оплачен, «да»', '1', '10.00'],
            ],
          },
        },
      },
    ],
  },
];
