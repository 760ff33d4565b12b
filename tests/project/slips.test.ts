import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { compileFiles } from '../../compiler/compile.ts';
import { renderDiagnostic } from '../../compiler/diagnostic/render-diagnostic.ts';
import { loadParser } from '../../compiler/expression/parser.ts';
import type { SourceFile } from '../../compiler/source/source-file.ts';

/** The reference project: it has every kind of definition that this version computes. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const files: readonly SourceFile[] = ['models', 'metrics', 'segments', 'tests/data']
  .flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  .filter((path) => /\.(yml|sql|hbs)$/.test(path))
  .concat('project.yml')
  .sort()
  .map((path) => ({ kind: 'source-file', path, text: readFileSync(`${root}${path}`, 'utf8') }));

const token = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|'[^'\n]*'|"[^"\n]*"|[^\sA-Za-z0-9]/g;
const tokens = files.flatMap(({ text }) => text.match(token) ?? []);
const lines = files.flatMap(({ text }) => text.split('\n'));

interface Slip {
  readonly kind: 'replace' | 'delete' | 'insert' | 'drop line' | 'add line';
  /** Where, as a share of the file, and which token or line of the project. */
  readonly at: number;
  readonly with: number;
}

/** What a slip of the hand, or a merge gone wrong, makes of a text. */
function slip(text: string, { kind, at, with: index }: Slip): string {
  if (kind === 'drop line' || kind === 'add line') {
    const own = text.split('\n');
    const place = Math.floor(at * own.length);
    return kind === 'drop line'
      ? own.toSpliced(place, 1).join('\n')
      : own.toSpliced(place, 0, lines[Math.floor(index * lines.length)]!).join('\n');
  }
  const own = [...text.matchAll(token)];
  const match = own[Math.floor(at * own.length)];
  if (!match) return text;
  const other = tokens[Math.floor(index * tokens.length)]!;
  const put = kind === 'replace' ? other : kind === 'delete' ? '' : `${match[0]} ${other} `;
  return text.slice(0, match.index) + put + text.slice(match.index + match[0].length);
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const slips = fc.array(
  fc.record({
    kind: fc.constantFrom<Slip['kind']>('replace', 'replace', 'replace', 'delete', 'insert', 'drop line', 'add line'),
    at: share,
    with: share,
  }),
  { minLength: 1, maxLength: 2 },
);

beforeAll(loadParser);

test('whatever slips into a file, the project compiles or is refused with a place, and nothing breaks', {
  timeout: 240_000,
}, () => {
  fc.assert(
    fc.property(share, slips, (which, made) => {
      const place = Math.floor(which * files.length);
      const text = made.reduce(slip, files[place]!.text);
      const changed = files.with(place, { ...files[place]!, text });
      const { manifest, diagnostics } = compileFiles(changed);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      expect(manifest === undefined).toBe(errors.length > 0);
      const textOf = (path: string) => changed.find((file) => file.path === path)?.text;
      for (const each of errors) {
        expect(each.span, each.message).toBeDefined();
        expect(renderDiagnostic(each, textOf, { color: false })).not.toMatch(
          /^\s+at .*:\d+:\d+\)?$|\[object|TypeError/m,
        );
      }
    }),
    { seed: 7, numRuns: 80 },
  );
});
