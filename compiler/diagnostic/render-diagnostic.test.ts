import { describe, expect, test } from 'vitest';
import type { Span } from './diagnostic.ts';
import { diagnostic } from './diagnostic.ts';
import { diagnosticToJson, renderDiagnostic } from './render-diagnostic.ts';

/** The span of the first `part` in `text`. */
function spanOf(text: string, part: string): Span {
  const at = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return { offset, line: before.length, column: before.at(-1)!.length + 1 };
  };
  const start = text.indexOf(part);
  return { file: 'models/clean/events.yml', start: at(start), end: at(start + part.length) };
}

function draw(text: string, part: string, width = 120): string[] {
  const found = diagnostic('E1203', 'unknown key', { span: spanOf(text, part) });
  return renderDiagnostic(found, () => text, { color: false, width }).split('\n');
}

describe('renderDiagnostic', () => {
  test('draws code, message, place, frame and hints', () => {
    const text = 'from: raw.events\ndescripton: One row per event.\n';
    const found = diagnostic('E1203', 'unknown key `descripton` in a model', {
      span: spanOf(text, 'descripton'),
      hints: ['did you mean `description`?'],
    });
    expect(renderDiagnostic(found, () => text, { color: false })).toBe(
      [
        'error[E1203]: unknown key `descripton` in a model',
        ' --> models/clean/events.yml:2:1',
        '  |',
        '2 | descripton: One row per event.',
        '  | ^^^^^^^^^^',
        '  = did you mean `description`?',
      ].join('\n'),
    );
  });

  test('aligns under tabs, wide, combining and joined characters', () => {
    expect(draw('a:\tbad', 'bad').slice(-2)).toEqual(['1 | a:  bad', '  |     ^^^']);
    expect(draw('заказ: плохо', 'плохо').slice(-2)).toEqual(['1 | заказ: плохо', '  |        ^^^^^']);
    expect(draw('漢字: bad', 'bad').slice(-2)).toEqual(['1 | 漢字: bad', '  |       ^^^']);
    expect(draw('e\u0301: bad', 'bad').slice(-2)).toEqual(['1 | e\u0301: bad', '  |    ^^^']);
    expect(draw('👩‍👩‍👧: bad', 'bad').slice(-2)).toEqual(['1 | 👩‍👩‍👧: bad', '  |     ^^^']);
    expect(draw('x: 漢', '漢').slice(-1)).toEqual(['  |    ^^']);
  });

  test('marks a place without extent by one sign, also at the end of a line', () => {
    const span = {
      ...spanOf('a: b', 'b'),
      start: { offset: 4, line: 1, column: 5 },
      end: { offset: 4, line: 1, column: 5 },
    };
    const found = diagnostic('E1101', 'text', { span });
    expect(
      renderDiagnostic(found, () => 'a: b', { color: false })
        .split('\n')
        .at(-1),
    ).toBe('  |     ^');
  });

  test('underlines the first line of several', () => {
    expect(draw('a: [1,\n  2]\n', '[1,\n  2]').slice(-2)).toEqual(['1 | a: [1,', '  |    ^^^…']);
  });

  test('keeps bars in line for long line numbers', () => {
    const lines = draw(`${'\n'.repeat(99)}bad`, 'bad');
    expect(lines.slice(1)).toEqual(['   --> models/clean/events.yml:100:1', '    |', '100 | bad', '    | ^^^']);
  });

  test('crops a long line around the place', () => {
    const lines = draw(`${'a'.repeat(200)} bad ${'b'.repeat(200)}`, 'bad', 40);
    expect(lines[3]).toBe('1 | …aaaaaaaaaa bad bbbbbbbbbbbbbbbbbb…');
    expect(lines[4]).toBe(`  | ${' '.repeat(12)}^^^`);
    for (const line of lines.slice(2)) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('lets no control character of a file or a message through', () => {
    const text = 'a: \u001b[31mred\u202e';
    const found = diagnostic('E1201', 'found \u001b[2J', { span: spanOf(text, 'red'), hints: ['\u0007'] });
    const drawn = renderDiagnostic(found, () => text, { color: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
    expect(drawn.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  test('shows no password of an address, and keeps what stands around it in its place', () => {
    const [, , , line, mark] = draw('a: "postgres://ann:s3cret@db/shop" # x', '# x');
    expect(line).toBe('1 | a: "postgres://ann:******@db/shop" # x');
    expect(mark).toBe(`  | ${' '.repeat(35)}^^^`);
  });

  test.each([
    [
      'slack: {url_env: "https://hooks.example.com/T0/s3cret"} # x',
      'slack: {url_env: "***********************************"} # x',
    ],
    ['url: https://hooks.example.com/T0/s3cret # x', 'url: https://hooks.example.com/********* # x'],
    ['hash_key_env: s3cret-of-many # x', 'hash_key_env: ************** # x'],
    ['hash_key_env: HASH_KEY # x', 'hash_key_env: HASH_KEY # x'],
    ['{url_env: DATABASE_URL, threads: 4} # x', '{url_env: DATABASE_URL, threads: 4} # x'],
    ['{password: text, user: ann} # x', '{password: text, user: ann} # x'],
  ])('shows no secret that stands where none should: %s', (text, shown) => {
    expect(draw(text, '# x')[3]).toBe(`1 | ${shown}`);
  });

  test('shows nothing that a key of project.yml calls secret', () => {
    const text = 'prod: {engine: postgres, password: s3cret} # x';
    const span = { ...spanOf(text, '# x'), file: 'project.yml' };
    const drawn = renderDiagnostic(diagnostic('E1203', 'x', { span }), () => text, { color: false });
    expect(drawn).toContain('{engine: postgres, password: ******} # x');
  });

  test('does without a frame where the file is not at hand, and without a place where there is none', () => {
    const span = spanOf('a', 'a');
    const undrawn = renderDiagnostic(diagnostic('E1002', 'gone', { span }), () => undefined, { color: false });
    expect(undrawn).toBe('error[E1002]: gone\n --> models/clean/events.yml:1:1');
    const warning = diagnostic('E1901', 'later', { severity: 'warning', hints: ['wait'] });
    expect(renderDiagnostic(warning, () => undefined, { color: false })).toBe('warning[E1901]: later\n  = wait');
  });

  test('colours when asked to', () => {
    const drawn = renderDiagnostic(diagnostic('E1002', 'gone'), () => undefined, { color: true });
    expect(drawn).toBe('\u001b[31merror[E1002]\u001b[39m: \u001b[1mgone\u001b[22m');
  });
});

test('diagnosticToJson is flat', () => {
  const found = diagnostic('E1203', 'unknown key', { span: spanOf('a\nbad', 'bad'), hints: ['x'] });
  expect(diagnosticToJson(found)).toEqual({
    code: 'E1203',
    title: 'unknown key',
    severity: 'error',
    message: 'unknown key',
    file: 'models/clean/events.yml',
    line: 2,
    column: 1,
    endLine: 2,
    endColumn: 4,
    hints: ['x'],
  });
});
