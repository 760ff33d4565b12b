import { expect, test } from 'vitest';
import { makeSayAgain, readSayings } from './sayings.ts';
import { makeTranslate } from './translate.ts';

const again = makeSayAgain('ru', new Map([['`id` is unique', '`id` не повторяется']]));

test.each([
  ['never built', 'ещё не строилась'],
  ['never loaded: 2 files', 'ещё не загружалась: 2 файла'],
  ['never loaded: 1,021 files', 'ещё не загружалась: 1\u00a0021 файл'],
  ['3 new files, 1 changed, loaded again', '3 новых файла; изменились и загружены снова: 1'],
  ['inputs `raw.a`, `raw.b` change', 'меняются входные данные: `raw.a`, `raw.b`'],
  [
    'the last build failed: a data test failed: `x`; what was published before stays',
    'прошлая сборка не удалась: не пройден тест данных: `x`; опубликованное прежде остаётся',
  ],
  ['`a` is not an integer; `b` is required and missing', '`a`: не целое число; `b`: обязательного значения нет'],
  ['`a` is not a decimal(12,2)', '`a`: не число decimal(12,2)'],
  ['7 cells where the header has 8', '7 ячеек вместо 8 по заголовку'],
  ['`id` is unique: 1 of 1 rows fail', '`id` не повторяется: не выполнено для 1 из 1 строки'],
  ['`id` is unique: 1002 of 2021 rows fail', '`id` не повторяется: не выполнено для 1\u00a0002 из 2\u00a0021 строки'],
  ['`id` is unique: 3 of 10 rows fail', '`id` не повторяется: не выполнено для 3 из 10 строк'],
  [
    'incremental: only the days of `at` that a change of an input touches are computed again; rebuilt whole when its definition changes',
    'по частям: заново вычисляются только дни по `at`, которых касается изменение входных данных; целиком, когда меняется определение',
  ],
  ['what nobody has said yet', 'what nobody has said yet'],
])('%s', (said, wanted) => {
  expect(again(said)).toBe(wanted);
  expect(makeSayAgain('en')(said)).toBe(said);
});

test('each saying is said once, with what stands in it and nothing else', () => {
  const sayings = readSayings();
  expect(new Set(sayings.map(({ en }) => en)).size).toBe(sayings.length);
  for (const { en, ru } of sayings) {
    const names = [...en.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, name === 'n' ? 5 : 'x'] as const);
    const said = makeTranslate('ru', { [en]: ru })(en, Object.fromEntries(names));
    for (const [name] of names) expect(JSON.stringify(ru), en).toContain(`{${name}}`);
    expect(said, en).toMatch(/[а-я]|UTF|JSON|x/);
  }
});
