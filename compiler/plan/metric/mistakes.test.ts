import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles } from '../../compile.ts';
import { loadParser } from '../../expression/parser.ts';

beforeAll(loadParser);

const project: Readonly<Record<string, string>> = {
  'project.yml': `project: shop
language: 1
entities: {user: {key: user_id}}
exclude: {test_users: {entity: user, in: marts.users, where: is_test}}
targets: {dev: {engine: duckdb, path: x.duckdb}}
`,
  'models/marts/orders.yml': `key: order_id
time: paid_at
columns: {order_id: integer, user_id: text, paid_at: timestamp, amount: "decimal(12,2)", status: text}
relations: {customer: {to: marts.users, on: user_id}}
`,
  'models/marts/users.yml': 'key: user_id\ncolumns: {user_id: text, channel: text, is_test: boolean}\n',
  'metrics/used.yml': 'metrics: {users: {is: count(*), from: marts.users, exclude: [test_users]}}\n',
};

/** Errors of a file of metrics over `marts.orders`. */
function errorsOf(metrics: string, more: Readonly<Record<string, string>> = {}) {
  const texts = { ...project, ...more, 'metrics/m.yml': `from: marts.orders\n${metrics}` };
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  return compileFiles(files).diagnostics.filter(({ severity }) => severity === 'error');
}

/** What is said of them: message and hints. */
function told(metrics: string, more: Readonly<Record<string, string>> = {}): string[] {
  return errorsOf(metrics, more).map(({ code, message, hints }) => [`${code} ${message}`, ...hints].join(' · '));
}

describe('mistakes in metrics say what is wrong and how to mend it', () => {
  it.each([
    [
      'metrics: {a: sum(amount) over (order by paid_at)}',
      'E1605 `sum … over` is a window over rows, and a metric is one value per group · periods that reach back are said by `window: 7 days`, `to_date: month` or `compare`',
    ],
    [
      'metrics: {a: max(paid_at) - min(paid_at)}',
      'E1407 `a` would be a length of time, and a value is a number, a day, an instant or a text · a number of hours: `extract(epoch from …) / 3600`',
    ],
    ['metrics: {a: count()}', 'E1605 `count()` counts nothing · `count(*)` counts rows, `count(x)` rows with a value'],
    [
      'metrics: {a: "percentile(amount, 95)"}',
      'E1605 `percentile` takes a share from 0 to 1, found `95` · for example `percentile(x, 0.95)`',
    ],
    [
      "metrics: {a: {is: count(*), where: amount = 'x'}}",
      "E1407 `'x'` stands with decimal(12,2), which it is not · write the value without quotes, or make the other side text: `::text`",
    ],
    [
      'metrics: {a: "sum(amount) filter (where paid_at > \'2025-13-01\')"}',
      "E1407 `'2025-13-01'` stands with timestamp, which it is not · a date is written `2025-01-31`, an instant `2025-01-31T10:00:00Z`",
    ],
    [
      "metrics: {a: {is: count(*), where: paid_at > 'now'}}",
      "E1403 `'now'` reads the clock · the run’s own instant is `{{run_at}}`: the same for a whole run, so that a run can be repeated",
    ],
    [
      'metrics: {a: {is: count(*), where: status}}',
      "E1407 text where true or false is expected · a condition on each row, such as `status = 'paid'`",
    ],
    [
      'metrics: {a: {is: count(*), where: sum(amount) > 3}}',
      "E1410 an aggregate in `where`, which looks at rows before they are aggregated · a condition on each row, such as `status = 'paid'`; what is aggregated is a metric of its own",
    ],
    [
      'metrics: {a: {is: count(*), where: user_id in (select user_id from marts.users)}}',
      'E1408 a subquery: `marts.users` is read beside the model · a relation leads to columns of another model, `exclude` leaves entities out; anything else is a column of a model of its own',
    ],
    [
      'metrics: {revenue: sum(amount), a: sum(revenue)}',
      'E1305 `marts.orders` has no column `revenue` · `revenue` is a metric: it is named by itself, outside aggregates, as in `revenue / 2`',
    ],
    [
      'by: [channel]\nmetrics: {a: count(*)}',
      'E1305 `marts.orders` has no column `channel` · it is there through a relation: `customer.channel` · available: `order_id`, `user_id`, `paid_at`, `amount`, `status`',
    ],
    [
      'metrics: {a: {is: count(*), from: marts.users, window: 7 days}}',
      'E1603 `window` goes by time, and `a` has none · say `time:` in the metric, or in `marts.users`',
    ],
    [
      'metrics: {a: {is: count(*), timezone: amount}}',
      'E1407 `timezone: amount` is a column of type decimal(12,2), and the name of a zone is text · a column that holds names such as `Europe/Berlin`, or such a name itself',
    ],
    [
      'metrics: {a: {is: count(*), by: [status]}, b: {is: count(*), by: [user_id]}, c: {is: a / b, by: [status]}}',
      'E1601 `c` cannot be cut by `status`: its input `b` cannot · allow it in `by:` of `b`',
    ],
    [
      'metrics: {a: {is: sum(amount), by: [status], requires: [status]}, b: {is: count(*), by: [user_id]}, c: a / b}',
      'E1601 `c` cannot be cut by `status`, which its input `a` requires · allow it in `by:` of `b`',
    ],
    [
      'metrics: {a: a + 1}',
      'E1502 metric `a` names itself · a metric is made of aggregates over rows, such as `sum(amount)`, or of other metrics',
    ],
    [
      'metrics: {a: select sum(amount) from orders}',
      'E1401 syntax error at or near `select` · one expression is expected, not a query: leave out `select` and all from `from` on',
    ],
    [
      'metrics: {a: {is: count(*), lifecycle: {activity: b, every: week}}}',
      'E1203 unknown key `lifecycle` in a metric with `is` · a metric has one form: either `is` or `lifecycle`; make two of it',
    ],
    ['measures: {a: count(*)}', 'E1203 unknown key `measures` in a file of metrics · here it is called `metrics`'],
    [
      'metrics: {a: {is: count(*), status: deprecated, replaced_by: user}}',
      'E1501 unknown metric `user` · did you mean `users`?',
    ],
    [
      'metrics: {a: {is: count(*), status: deprecated, until: 2026-02-30}}',
      'E1205 `until: 2026-02-30` is a day that there is not · for example `2026-01-31`',
    ],
  ])('%s', (metrics, error) => {
    expect(told(metrics)).toEqual([error]);
  });

  it('an exclusion that its user misspelt is told beside the one that nothing uses', () => {
    const said = told('metrics: {a: {is: count(*), exclude: [testusers]}}', {
      'metrics/used.yml': 'metrics: {b: {is: count(*), from: marts.users}}\n',
    });
    expect(said).toEqual([
      'E1501 unknown exclusion `testusers` · did you mean `test_users`?',
      'E1307 nothing uses the exclusion `test_users` · name it under `exclude:` of a model, metric or segment · or remove it',
    ]);
  });
});

describe('the `where` of an example is checked as that of a metric is', () => {
  it.each([
    ['status = 5', 'E1407 `=` does not fit text and integer'],
    ['status', 'E1407 text where true or false is expected'],
  ])('%s', (where, message) => {
    const metric = `metrics:
  a:
    is: count(*)
    by: [status]
    examples:
      - title: one
        given: {marts.orders: [{order_id: 1, status: x}]}
        where: ${where}
        expect: [{a: 1}]
`;
    const [found] = told(metric);
    expect(found).toContain(message);
    expect(errorsOf(metric)[0]!.span).toMatchObject({ file: 'metrics/m.yml', start: { line: 7 } });
    expect(found).toContain(`in \`${where}\` \`status\` is text; a text stands in quotes: \`'5'\``);
  });
});
