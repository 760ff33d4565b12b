import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeTranslate, readLocale } from './translate.ts';

const locales = { en: readLocale('en'), ru: readLocale('ru') };
const parametersOf = (phrase: unknown): readonly string[] =>
  [...new Set(JSON.stringify(phrase).match(/\{\w+\}/g) ?? [])].sort();

test('both languages have the same phrases with the same parameters', () => {
  expect(Object.keys(locales.ru).sort()).toEqual(Object.keys(locales.en).sort());
  for (const [key, phrase] of Object.entries(locales.en))
    expect(parametersOf(locales.ru[key]), key).toEqual(parametersOf(phrase));
});

test('every Russian plural has its three forms', () => {
  for (const [key, phrase] of Object.entries(locales.ru)) {
    if (typeof phrase !== 'string') expect(Object.keys(phrase), key).toEqual(['one', 'few', 'many', 'other']);
  }
});

test('every phrase that a template asks for is there', () => {
  const folder = new URL('./templates/', import.meta.url);
  const names = readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.hbs'),
  );
  const keys = names.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/\{\{(?:t|rich) "([^"]+)"/g)].map((match) => match[1]!),
  );
  expect(keys.length).toBeGreaterThan(80);
  expect(keys.filter((key) => !Object.hasOwn(locales.en, key))).toEqual([]);
});

test('no template shows text unescaped', () => {
  const folder = new URL('./templates/', import.meta.url);
  for (const name of readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.hbs'))
      expect(readFileSync(new URL(name, folder), 'utf8'), name).not.toMatch(/\{\{\{|\{\{&|style="/);
  }
});

test('chooses the plural and refuses what is missing', () => {
  const russian = makeTranslate('ru');
  expect(['home.tests', 'home.tests', 'home.tests'].map((key, at) => russian(key, { n: [1, 3, 12][at]! }))).toEqual([
    '1 тест',
    '3 теста',
    '12 тестов',
  ]);
  expect(() => russian('no.such')).toThrow('no.such');
  expect(() => russian('version.number')).toThrow('{version}');
});
