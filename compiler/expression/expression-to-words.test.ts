import { beforeAll, expect, it } from 'vitest';
import { expressionToWords } from './expression-to-words.ts';
import { parseExpression } from './parse-expression.ts';
import { loadParser } from './parser.ts';

beforeAll(loadParser);

it.each([
  ["status = 'paid' and country in ('DE', 'FR')", "status is 'paid' and country is one of 'DE', 'FR'"],
  ['sum(amount)', 'sum of amount'],
  ['count(*)', 'number of rows'],
  ['count(distinct user_id)', 'number of distinct user_id'],
  [
    "count(*) filter (where status <> 'paid' or refunded > 0)",
    "number of rows where status is not 'paid' or refunded is more than 0",
  ],
  [
    "count(*) filter (where status = 'refunded') / count(*)",
    "(number of rows where status is 'refunded') divided by number of rows",
  ],
  ['sum(amount) - sum(refunded)', 'sum of amount minus sum of refunded'],
  ['revenue / nullif(orders, 0)', 'revenue divided by orders'],
  ['(revenue - costs) / orders', '(revenue minus costs) divided by orders'],
  ['revenue - (costs - tax)', 'revenue minus (costs minus tax)'],
  ['a * b + c', 'a times b plus c'],
  ['100.0 * a / b', '100.0 times a divided by b'],
  ['a and (b or not c)', 'a and (b or not c)'],
  ['not (a and b)', 'not (a and b)'],
  ['paid_at is not null and deleted_at is null', 'paid_at is present and deleted_at is missing'],
  ['x between 1 and 5', 'x is from 1 to 5'],
  ["email like '%@example.test'", "email ends with '@example.test'"],
  ["email not like '%test%'", "email does not contain 'test'"],
  ["email like 'a_b%'", "email LIKE 'a_b%'"],
  ['percentile(seconds, 0.95)', '95th percentile of seconds'],
  ["coalesce(country, 'unknown')", "country (or 'unknown' where it is missing)"],
  ["properties ->> 'plan' = 'pro'", "properties ->> 'plan' is 'pro'"],
  ['amount::numeric(12, 2) >= 10', 'amount is at least 10'],
  ["country not in ('DE')", "country is none of 'DE'"],
  ['is_test is not true', 'is_test is not true'],
  ['row_number() over (order by a) = 1', 'row_number() OVER (ORDER BY a) is 1'],
])('%s', (sql, words) => {
  const start = { offset: 0, line: 1, column: 1 };
  const { expression, diagnostics } = parseExpression({ text: sql, span: { file: 'm.yml', start, end: start } });
  expect(diagnostics).toEqual([]);
  expect(expressionToWords(expression!)).toBe(words);
});

it.each([
  ["plan = 'pro' and not (country in ('DE', 'AT'))", "plan равно 'pro' и не (country — одно из 'DE', 'AT')"],
  ['orders >= 3 or revenue < 10.5', 'orders не меньше 3 или revenue меньше 10.5'],
  ['a and (b or c <> 1)', 'a и (b или c не равно 1)'],
  ['paid_at is null', 'paid_at не указано'],
  ['may_mail is not true', 'may_mail не истинно'],
  ['x not between 1 and 5', 'x вне пределов от 1 до 5'],
  ["lower(email) not like '%@example.test'", "email строчными буквами не заканчивается на '@example.test'"],
  ["coalesce(country, 'unknown') = 'DE'", "country (если не указано, то 'unknown') равно 'DE'"],
  ['count(*)', 'число строк'],
  ['count(paid_at)', 'число строк с указанным paid_at'],
  ['count(distinct user_id)', 'число разных user_id'],
  [
    "sum(amount) filter (where status = 'paid') / nullif(count(*), 0)",
    "(сумма amount там, где status равно 'paid') разделить на число строк",
  ],
  ['-sum(amount - fee)', 'минус сумма (amount минус fee)'],
  ['percentile(seconds, 0.975)', '97,5-й перцентиль seconds'],
  ['last(balance)', 'последнее balance'],
  ['round(avg(score), 2)', 'среднее score с округлением до 2 знаков'],
  ["signed_up_at + interval '1 day' > paid_at", "(signed_up_at плюс '1 day') больше paid_at"],
])('in Russian: %s', (sql, words) => {
  const start = { offset: 0, line: 1, column: 1 };
  const { expression } = parseExpression({ text: sql, span: { file: 's.yml', start, end: start } });
  expect(expressionToWords(expression!, 'ru')).toBe(words);
});
