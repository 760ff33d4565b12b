import Handlebars from 'handlebars';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { SourceFile, SqlText } from '../source/source-file.ts';
import { findBareValue } from './find-bare-value.ts';
import { checkEach, sqlHelpers, TemplateError } from './sql-helpers.ts';
import { partAt, wholeSpan } from './template-position.ts';

export type VariableValue =
  | string
  | number
  | boolean
  | null
  | readonly VariableValue[]
  | { readonly [name: string]: VariableValue };

export interface TemplateOutcome {
  /** The SQL; on an error the text as it was. */
  readonly text: SqlText;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Templates {
  /** What is wrong with the partials. */
  readonly diagnostics: readonly Diagnostic[];
  render(text: SqlText): TemplateOutcome;
}

export interface TemplateParts {
  /** Partials by name: the files of `models/_partials/`. */
  readonly partials: Readonly<Record<string, SourceFile>>;
  readonly vars: Readonly<Record<string, VariableValue>>;
}

/**
 * The Handlebars of a project's SQL: its partials by name, its `vars`. Compiled templates are kept, so that one environment should serve a whole project.
 *
 * @example
 * createTemplates({ partials: {}, vars: { internal_domain: 'example.test' } }).render(text)
 */
export function createTemplates({ partials, vars }: TemplateParts): Templates {
  const environment = Handlebars.create();
  // The built-ins that SQL has no use for would only be one more way to be surprised.
  for (const name of ['log', 'lookup', 'with', 'helperMissing', 'blockHelperMissing'])
    environment.unregisterHelper(name);
  const helpers = sqlHelpers(vars);
  for (const [name, helper] of Object.entries(helpers)) environment.registerHelper(name, helper);
  const repeat = environment.helpers.each!;
  environment.registerHelper('each', function (this: unknown, ...args: Parameters<typeof repeat>) {
    checkEach(args, vars);
    return repeat.apply(this, args);
  });
  for (const [name, file] of Object.entries(partials)) environment.registerPartial(name, file.text);
  const known = Object.fromEntries([...Object.keys(helpers), 'each', 'if', 'unless'].map((name) => [name, true]));
  const compiled = new Map<string, HandlebarsTemplateDelegate>();
  const context = { ...vars };
  const compile = (source: string): HandlebarsTemplateDelegate => {
    const found = compiled.get(source);
    if (found) return found;
    const options: CompileOptions = {
      strict: true,
      knownHelpers: known as never,
      knownHelpersOnly: true,
      noEscape: true,
      preventIndent: true,
    };
    findBareValue(environment.parse(source), Object.keys(helpers));
    const template = environment.compile(source, options);
    compiled.set(source, template);
    return template;
  };
  return {
    diagnostics: Object.values(partials).flatMap((file) =>
      checkPartial(file, environment, Object.keys(helpers), Object.keys(partials)),
    ),
    render(text) {
      if (!text.text.includes('{{')) return { text, diagnostics: [] };
      try {
        const result = compile(text.text)(context, {
          allowProtoPropertiesByDefault: false,
          allowProtoMethodsByDefault: false,
        });
        return { text: withoutExactPlaces(text, result), diagnostics: [] };
      } catch (error) {
        return { text, diagnostics: [templateDiagnostic(error, text, Object.keys(partials))] };
      }
    },
  };
}

/** A partial is found wrong even where nothing uses it. */
function checkPartial(
  file: SourceFile,
  environment: typeof Handlebars,
  helpers: readonly string[],
  partials: readonly string[],
): Diagnostic[] {
  const start = { offset: 0, line: 1, column: 1 };
  const text: SqlText = { text: file.text, span: { file: file.path, start, end: start } };
  try {
    findBareValue(environment.parse(file.text), helpers);
    return [];
  } catch (error) {
    return [templateDiagnostic(error, text, partials)];
  }
}

/** Up to the first `{{` every place is exact; from there on, offsets stop growing at the end of the text. */
function withoutExactPlaces(text: SqlText, result: string): SqlText {
  const first = text.text.indexOf('{{');
  const at = (unit: number): number => text.offsets?.[unit] ?? text.span.start.offset + unit;
  const linesBefore = text.text.slice(0, first).split('\n').length;
  const lines = result.split('\n');
  const sameLines = lines.length === text.text.split('\n').length;
  const sourceLines = lineStarts(text.text);
  const resultLines = lineStarts(result);
  const offsets: number[] = [];
  for (let line = 0; line < resultLines.length; line++) {
    const end = resultLines[line + 1] ?? result.length + 1;
    // Where the template has not changed the number of lines, a place keeps its line and its column at the least.
    const source = sameLines || line < linesBefore ? sourceLines[line]! : undefined;
    const sourceEnd = source === undefined ? 0 : (sourceLines[line + 1] ?? text.text.length + 1) - 1;
    for (let unit = resultLines[line]!; unit < end; unit++) {
      offsets.push(source === undefined ? at(first) : at(Math.min(source + unit - resultLines[line]!, sourceEnd)));
    }
  }
  return { text: result, span: text.span, offsets, ...(text.lineStarts ? { lineStarts: text.lineStarts } : {}) };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function templateDiagnostic(error: unknown, text: SqlText, partials: readonly string[]): Diagnostic {
  if (error instanceof TemplateError)
    return diagnostic('E1411', error.message, { span: partAt(text, error.at), hints: error.hints });
  const message = error instanceof Error ? error.message : String(error);
  const missing = /^"(.*)" not defined in/.exec(message)?.[1];
  if (missing !== undefined) {
    return diagnostic('E1411', `unknown name \`${missing}\` in a template`, {
      span: partAt(text, { word: missing }),
      hints: ['a project’s variable is written `{{var "name"}}`'],
    });
  }
  const partial = /^The partial (.*) could not be found$/.exec(message)?.[1];
  if (partial !== undefined) {
    const hints =
      partials.length > 0
        ? [`available: ${partials.map((name) => `\`${name}\``).join(', ')}`]
        : ['partials are files in `models/_partials/`'];
    return diagnostic('E1411', `unknown partial \`${partial}\``, { span: partAt(text, { word: partial }), hints });
  }
  const helper =
    /^(?:Missing helper: "(.*)"|You specified knownHelpersOnly, but used the unknown helper (.*?)(?: - .*)?)$/.exec(
      message,
    );
  if (helper) {
    const name = helper[1] ?? helper[2] ?? '';
    return diagnostic('E1411', `unknown helper \`${name}\` in a template`, {
      span: partAt(text, { word: name }),
      hints: ['available: `var`, `ident`, `literal`, `list`, `each`, `if`, `unless`'],
    });
  }
  const line = /^(?:Parse|Lexical) error on line (\d+)/.exec(message)?.[1];
  if (line !== undefined) return doesNotParse(text, Number(line));
  return diagnostic('E1411', message.split('\n')[0] ?? message, {
    span: wholeSpan(text),
    hints: ['a template is `{{helper value}}`, `{{#each list}}…{{/each}}` or `{{> partial}}`'],
  });
}

/** Of the mustaches on the line, the first that a habit from another tool explains, or that is not closed. */
function doesNotParse(text: SqlText, line: number): Diagnostic {
  const start =
    text.text
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length + (line > 1 ? 1 : 0);
  const here = text.text.slice(start);
  const call = /\{\{-?\s*(\w+)\s*\(/.exec(here.split('\n')[0]!);
  if (call) {
    const hint = dbtHints[call[1]!] ?? `a helper takes its values without parentheses: \`{{${call[1]} value}}\``;
    const span = partAt(text, { line, column: call.index });
    return diagnostic('E1411', `\`${call[1]}(…)\` is no template of Handlebars`, { span, hints: [hint] });
  }
  const open = here.lastIndexOf('{{', Math.max(0, here.search(/\n|$/)));
  const hint = open >= 0 && !here.slice(open).split('\n')[0]!.includes('}}') ? '`{{` is closed by `}}`' : whole;
  const span = partAt(text, { line, ...(open > 0 ? { column: open } : {}) });
  return diagnostic('E1411', 'the template does not parse', { span, hints: [hint] });
}

const whole = 'each `{{#each}}` and `{{#if}}` is closed by its own `{{/each}}` or `{{/if}}`';

const dbtHints: Readonly<Record<string, string>> = {
  ref: 'a model is named by its layer, in plain SQL: `from marts.orders`',
  source: 'a source is named as a model of the raw layer: `from raw.orders`',
  var: 'a variable is written `{{var "name"}}`',
  config: 'settings stand in the `.yml` file beside the query',
  is_incremental: 'a query is written as if for all rows; `incremental:` in the `.yml` says how it is kept up to date',
};
