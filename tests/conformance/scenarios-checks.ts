import type { Scenario } from './scenario.ts';

/* Data tests that look at more than a row: sequences, volumes, references, totals. */

const project = `project: shop
language: 1
calendar: {timezone: Europe/Berlin}
targets: {dev: {engine: duckdb, path: target/shop.duckdb}}
`;

const rawEvents = `source: {files: data/*.csv, on_change: reload}
loaded_at: at
key: id
columns: {id: {type: integer, required: true}, event_name: text, at: timestamp, who: {type: text, pii: id}}
`;

const events = (tests: string) => `from: raw.events
key: id
time: at
incremental: {by: day}
columns: {id: , event_name: , at: , who: {pii: id}}
tests:
${tests}`;

const csv = (...rows: readonly string[]) => `id,event_name,at,who\n${rows.join('\n')}\n`;

/** `count` rows on a day of June or July 2024, at noon in Berlin, with ids of their own. */
function rowsOn(day: number, count: number, from = day * 1000): readonly string[] {
  const date = day <= 30 ? `2024-06-${String(day).padStart(2, '0')}` : `2024-07-${String(day - 30).padStart(2, '0')}`;
  return Array.from({ length: count }, (_, i) => `${from + i},x,${date}T10:00:00Z,u`);
}

/** The file that ends a day: the first arrival of the next one. */
const daily = (days: readonly (readonly [day: number, count: number])[], file = 0) =>
  csv(...days.flatMap(([day, count]) => rowsOn(day, count, day * 1000 + file * 100)));

const judged = (test: string) =>
  `select tested, failing from etalon_state.test_results where test = '${test}' order by run_number desc`;

export const checkScenarios: readonly Scenario[] = [
  {
    title: 'a sequence finds what comes without its first event, also when the first one goes away later',
    project: {
      'project.yml': project,
      'models/raw/events.yml': rawEvents,
      'models/clean/events.yml': events('  - sequence: {first: started, then: paid, per: who}\n'),
    },
    rebuild: { equal: false, because: 'the rows that were kept back are in the files' },
    steps: [
      {
        files: {
          'data/1.csv': csv(
            '1,started,2025-03-01T10:00Z,a',
            '2,paid,2025-03-01T10:00Z,a',
            '3,paid,2025-03-03T10:00Z,a',
          ),
          'data/2.csv': csv('4,started,2025-03-01T10:00Z,b', '5,paid,2025-03-02T10:00Z,', '6,paid,,a'),
        },
        expect: {
          tests: { 'clean.events.sequence': 'passed' },
          state: { [judged('clean.events.sequence')]: ['2', '0'] },
        },
      },
      {
        files: { 'data/3.csv': csv('7,paid,2025-03-02T10:00Z,b', '8,started,2025-03-05T10:00Z,c') },
        expect: { repaired: { 'clean.events': 2 }, tests: { 'clean.events.sequence': 'passed' } },
      },
      {
        // `b` never started: the payment that was right before is not any longer, and stands in a file that nobody touched.
        files: { 'data/2.csv': csv('5,paid,2025-03-02T10:00Z,', '6,paid,,a') },
        expect: {
          exit: 5,
          steps: { 'clean.events': 'failed: a data test failed: `clean.events.sequence`' },
          tests: { 'clean.events.sequence': 'failed' },
          state: {
            "select message from etalon_state.test_results where test = 'clean.events.sequence' order by run_number desc":
              ['`paid` comes only after `started` of the same `who`: 1 of 3 events fail'],
            "select row_keys from etalon_state.failures where test = 'clean.events.sequence'": [
              '{"id":7,"who":"***","at":"2025-03-02T10:00:00Z"}',
            ],
          },
        },
      },
      {
        files: { 'data/4.csv': csv('9,started,2025-03-02T09:59:59.999999Z,b') },
        expect: { tests: { 'clean.events.sequence': 'passed' } },
      },
    ],
  },
  {
    title: 'a volume judges the last complete day by the same weekdays before it, once eight days have been',
    project: {
      'project.yml': project,
      'models/raw/events.yml': rawEvents,
      'models/clean/events.yml': events(
        '  - {volume: {per: day, within: 40% of median, over: 28 days}, severity: warn}\n',
      ),
    },
    steps: [
      {
        // Sunday 2 June to Saturday 8 June 2024, and the beginning of the 9th: seven complete days, of which the last has six before it.
        files: {
          'data/1.csv': daily(
            [
              [2, 4],
              [3, 10],
              [4, 10],
              [5, 10],
              [6, 10],
              [7, 10],
              [8, 1],
              [9, 1],
            ],
            1,
          ),
        },
        expect: { tests: { 'clean.events.volume': 'passed' }, state: { [judged('clean.events.volume')]: ['0', '0'] } },
      },
      {
        // Monday the 10th is over and has ten days less than usual; eight days came before it.
        files: {
          'data/2.csv': daily(
            [
              [10, 5],
              [11, 1],
            ],
            2,
          ),
        },
        expect: {
          tests: { 'clean.events.volume': 'warned' },
          state: {
            [judged('clean.events.volume')]: ['1', '1'],
            "select row_keys from etalon_state.failures where test = 'clean.events.volume'": [
              '{"day":"2024-06-10","rows":5,"usual":"10.00","fewest":"6.00","most":"14.00"}',
            ],
            "select message from etalon_state.test_results where test = 'clean.events.volume' order by run_number desc":
              [
                'the last complete day of `clean.events` has as many rows as is usual for the weekday, within 40% of the median over 28 days: 1 of 1 days fail',
              ],
          },
        },
      },
      {
        // A late row for Monday: still too few, though no day was completed meanwhile. Enough of them, and it is right.
        files: { 'data/3.csv': csv(...rowsOn(10, 3, 500_000)) },
        expect: { tests: { 'clean.events.volume': 'passed' }, state: { [judged('clean.events.volume')]: ['1', '0'] } },
      },
      {
        // Sunday the 16th has as few as Sundays do; nothing at all on the 17th, a Monday, which the 18th closes.
        files: {
          'data/4.csv': daily(
            [
              [11, 9],
              [12, 10],
              [13, 10],
              [14, 10],
              [15, 1],
              [16, 3],
            ],
            4,
          ),
          'data/5.csv': csv('16999,x,2024-06-16T22:00:00Z,u'),
        },
        expect: { tests: { 'clean.events.volume': 'passed' } },
      },
      {
        files: { 'data/6.csv': daily([[18, 1]], 6) },
        expect: {
          tests: { 'clean.events.volume': 'warned' },
          state: {
            "select row_keys from etalon_state.failures where test = 'clean.events.volume' order by recorded_at desc": [
              '{"day":"2024-06-17","rows":1,"usual":"9.00","fewest":"5.40","most":"12.60"}',
            ],
          },
        },
      },
    ],
  },
  {
    title: 'rows per period: the open one is not judged, one without rows shows as a gap',
    project: {
      'project.yml': project,
      'models/raw/events.yml': rawEvents,
      'models/clean/events.yml': events('  - {rows: {min: 2, per: day}, severity: warn}\n'),
    },
    steps: [
      {
        files: {
          'data/1.csv': daily(
            [
              [3, 2],
              [4, 3],
              [5, 1],
            ],
            1,
          ),
        },
        expect: { tests: { 'clean.events.rows': 'passed' }, state: { [judged('clean.events.rows')]: ['2', '0'] } },
      },
      {
        // 22:00 UTC is midnight in Berlin: the 5th is over.
        files: { 'data/2.csv': csv('6000,x,2024-06-05T22:00:00Z,u') },
        expect: { tests: { 'clean.events.rows': 'warned' }, state: { [judged('clean.events.rows')]: ['3', '1'] } },
      },
      {
        files: { 'data/3.csv': csv(...rowsOn(5, 1, 5500), ...rowsOn(6, 1, 6500), ...rowsOn(8, 2), ...rowsOn(9, 1)) },
        expect: {
          tests: { 'clean.events.rows': 'warned' },
          state: {
            "select row_keys from etalon_state.failures where test = 'clean.events.rows' order by recorded_at desc": [
              '{"day":"2024-06-06","rows":2,"next_day":"2024-06-08"}',
            ],
          },
        },
      },
    ],
  },
  {
    title: 'references by a column and by a key of several; a null names nothing and is not tested',
    project: {
      'project.yml': project,
      'models/raw/events.yml': rawEvents.replace('at: timestamp', 'at: timestamp, line: integer'),
      'models/raw/lines.yml':
        'source: {files: lines/*.csv, on_change: reload}\nkey: [who, line]\ncolumns: {who: {type: text, required: true}, line: {type: integer, required: true}}\n',
      'models/clean/events.yml': `from: raw.events
key: id
columns: {id: , who: {tests: [{references: raw.lines.who, severity: warn}, {null_share: {max: 20%}, severity: warn}]}, line: }
tests:
  - {references: {on: [who, line], to: raw.lines}, severity: warn}
`,
    },
    steps: [
      {
        files: {
          'lines/1.csv': 'who,line\na,1\na,2\nb,1\n',
          'data/1.csv': 'id,event_name,at,line,who\n1,x,,1,a\n2,x,,2,b\n3,x,,1,c\n4,x,,,a\n5,x,,1,\n',
        },
        expect: {
          tests: {
            'clean.events.who.references': 'warned',
            'clean.events.references': 'warned',
            'clean.events.who.null_share': 'passed',
          },
          state: {
            [judged('clean.events.references')]: ['3', '2'],
            [judged('clean.events.who.references')]: ['4', '1'],
            "select message from etalon_state.test_results where test = 'clean.events.references'": [
              'every `who` and `line` is the key `who` and `line` of a row of `raw.lines`: 2 of 3 rows fail',
            ],
          },
        },
      },
      {
        files: { 'lines/1.csv': 'who,line\na,1\na,2\nb,1\nb,2\nc,1\n' },
        expect: {
          steps: { 'clean.events': 'fresh' },
          tests: { 'clean.events.who.references': 'passed', 'clean.events.references': 'passed' },
        },
      },
    ],
  },
  {
    title: 'control totals of a committed file are compared per day, within a share or an amount',
    project: {
      'project.yml': project,
      'models/raw/events.yml': rawEvents.replace('who: {type: text, pii: id}', 'amount: "decimal(12,2)"'),
      'models/clean/events.yml':
        'from: raw.events\nkey: id\ntime: at\ncolumns: {id: , at: , amount: , day: {is: "cast(at at time zone \'Europe/Berlin\' as date)", type: date}}\n',
      'controls/revenue.csv':
        'day,amount,note\n2024-06-03,10.00,\n2024-06-04,20.5,"the fourth, late"\n2024-06-04,0.50,\n2024-06-05,7,\n',
      'tests/data/finance.yml': `agrees:
  severity: warn
  reconcile: {left: {from: clean.events, value: sum(amount)}, right: {file: controls/revenue.csv, value: amount}, per: day, tolerance: {share: 1%, amount: 0.10}}
agrees_in_all:
  reconcile: {left: {from: clean.events, value: count(*)}, right: {file: controls/revenue.csv, value: count(*), where: note is null}}
`,
    },
    steps: [
      {
        files: {
          'data/1.csv':
            'id,event_name,at,amount\n1,x,2024-06-03T10:00Z,9.91\n2,x,2024-06-04T10:00Z,21.20\n3,x,2024-06-06T10:00Z,0.05\n',
        },
        expect: {
          tests: { agrees: 'warned', agrees_in_all: 'passed' },
          state: {
            [judged('agrees')]: ['4', '1'],
            "select row_keys from etalon_state.failures where test = 'agrees'": [
              '{"day":"2024-06-05","left_value":null,"right_value":"7.00"}',
            ],
            "select message from etalon_state.test_results where test = 'agrees'": [
              'sum of amount of `clean.events` agrees with amount of `controls/revenue.csv`, per day, within 1% or 0.1: 1 of 4 totals fail',
            ],
          },
        },
      },
    ],
  },
];
