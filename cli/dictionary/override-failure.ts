import { diagnostic } from '../../compiler/diagnostic/diagnostic.ts';
import { suggestNames } from '../../compiler/diagnostic/nearest-name.ts';
import { type Diagnostic, diagnosticToJson, renderDiagnostic, type Span } from '../../compiler/index.ts';
import {
  AudienceTrace,
  ForeignFiles,
  type OverrideFault,
  overrideFaults,
  type SiteOverrides,
  TemplateFault,
} from '../../docs-site/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printDiagnostics } from '../output/print-diagnostics.ts';
import { type OverrideTexts, readOverrides } from './read-overrides.ts';

/** Something that the project puts in the place of our own cannot be used: people have been shown where and why. */
export class OverrideFailure extends CommandFailure {
  /** The same as it was shown, without colour. */
  readonly drawing: string;
  constructor(found: readonly Diagnostic[], drawing: string) {
    super(exitCode.failed, 'the dictionary was not written', [], found.map(diagnosticToJson));
    this.name = 'OverrideFailure';
    this.drawing = drawing;
  }
}

/** What the project puts in the place of our own; fails with code frames where templates, tokens or pages cannot be used. */
export function requireOverrides(context: Context, folder: string): SiteOverrides {
  const texts = readOverrides(folder);
  const faults = overrideFaults(texts.overrides);
  return faults.length > 0 ? fail(context, texts, faults) : texts.overrides;
}

/** Draws pages; a template of the project that asks for what is not there is shown at its place. */
export async function drawWith<T>(context: Context, folder: string, draw: () => Promise<T>): Promise<T> {
  try {
    return await draw();
  } catch (error) {
    if (error instanceof AudienceTrace)
      throw new CommandFailure(exitCode.failed, error.message, [
        'nothing was written; tag that definition as well, or leave its name out of the text that names it',
      ]);
    if (error instanceof ForeignFiles) {
      const hint = 'nothing was written; move them elsewhere, or name another folder with `--out`';
      throw new CommandFailure(exitCode.usage, `pages would take the place of other files: ${error.message}`, [hint]);
    }
    if (!(error instanceof TemplateFault)) throw error;
    const { template: name, message, line, column, available } = error;
    return fail(context, readOverrides(folder), [{ of: 'template', name, message, line, column, available }]);
  }
}

function fail(context: Context, texts: OverrideTexts, faults: readonly OverrideFault[]): never {
  const found = faults.map((fault) => toDiagnostic(fault, texts));
  const files = filesOf(texts);
  printDiagnostics(context.output, found, files);
  const textOf = new Map(files.map(({ path, text }) => [path, text]));
  const drawing = found.map((each) => renderDiagnostic(each, (path) => textOf.get(path), { color: false }));
  throw new OverrideFailure(found, drawing.join('\n\n'));
}

const codes = { template: 'E1411', token: 'E1205', page: 'E1301' } as const;

function toDiagnostic(fault: OverrideFault, texts: OverrideTexts): Diagnostic {
  const span = spanOf(fault, texts);
  const known =
    fault.available.length > 0 ? suggestNames(/`([^`]*)`/.exec(fault.message)?.[1] ?? fault.name, fault.available) : [];
  const hints = fault.of === 'template' && !span ? [...known, ownTemplate(fault.name)] : known;
  return diagnostic(codes[fault.of], fault.message, { hints, ...(span ? { span } : {}) });
}

/** A template of ours fails where one of the project gives it another view than it wants. */
function ownTemplate(name: string): string {
  return `in the template \`${name}\` that comes with Etalon, called by one of \`site/templates/\``;
}

function spanOf(
  { of, name, line, column }: OverrideFault,
  { overrides, tokenText: tokens }: OverrideTexts,
): Span | undefined {
  if (of === 'page') return spanAt(`docs/pages/${name}`, '', 1, 1, 0);
  if (of === 'token') {
    const at = tokens?.indexOf(`"${name}"`) ?? -1;
    const before = tokens?.slice(0, Math.max(0, at)).split('\n') ?? [''];
    return spanAt('site/tokens.json', tokens ?? '', before.length, before.at(-1)!.length + 1, name.length + 2);
  }
  const text = overrides.templates?.[name];
  return text === undefined ? undefined : spanAt(`site/templates/${name}.hbs`, text, line ?? 1, column ?? 1, 1);
}

function spanAt(file: string, text: string, line: number, column: number, length: number): Span {
  const offset =
    text
      .split('\n')
      .slice(0, line - 1)
      .reduce((sum, each) => sum + each.length + 1, 0) +
    column -
    1;
  const start = { offset, line, column };
  return { file, start, end: { offset: offset + length, line, column: column + length } };
}

function filesOf({ overrides, tokenText: tokens }: OverrideTexts) {
  const file = (path: string, text: string) => ({ kind: 'source-file' as const, path, text });
  return [
    ...Object.entries(overrides.templates ?? {}).map(([name, text]) => file(`site/templates/${name}.hbs`, text)),
    ...(tokens === undefined ? [] : [file('site/tokens.json', tokens)]),
  ];
}
