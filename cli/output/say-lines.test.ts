import { expect, test } from 'vitest';
import { makeSayAgain } from '../../docs-site/index.ts';
import { sayLines } from './say-lines.ts';

test('titles and sentences are said again, names stay, and pairs stand in line', () => {
  const text = [
    'metric size — Size of baskets',
    'defined in metrics/baskets.yml, owner shop',
    '',
    'every knob, and where it came from',
    "  is: sum(amount)         from the file's defaults",
    '  exclude: test_users     said in its definition',
    '  periods: in the time of UTC  weeks from monday, from project.yml',
    '',
    'columns',
    '  time    timestamp',
    '  unique  text',
    '',
    'read by',
    '  production',
    '  segment big',
    '',
  ].join('\n');
  expect(sayLines(text, makeSayAgain('ru')).split('\n')).toEqual([
    'метрика size — Size of baskets',
    'определено в metrics/baskets.yml, отвечает shop',
    '',
    'все настройки и откуда они',
    '  is: sum(amount)          из общего для файла',
    '  exclude: test_users      сказано в определении',
    '  periods: по времени UTC  недели с monday, из project.yml',
    '',
    'столбцы',
    '  time    timestamp',
    '  unique  text',
    '',
    'кто читает',
    '  production',
    '  сегмент big',
    '',
  ]);
});
