/** A template that cannot be read, or that asks for what its page does not have. */
export class TemplateFault extends Error {
  /** `metric`, `partials/chart`. */
  readonly template: string;
  /** From 1; absent where it is not known. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** What there is in the place of what is not. */
  readonly available: readonly string[];
  constructor(
    template: string,
    message: string,
    place: { readonly line?: number | undefined; readonly column?: number | undefined } = {},
    available: readonly string[] = [],
  ) {
    super(message);
    this.name = 'TemplateFault';
    this.template = template;
    this.line = place.line;
    this.column = place.column;
    this.available = available;
  }
}

/** What Handlebars throws: of its parser, of its compiler, and while a template is drawn. */
interface HandlebarsError {
  readonly message?: string;
  readonly lineNumber?: number;
  /** From 0. */
  readonly column?: number;
  readonly hash?: {
    readonly text?: string;
    readonly loc?: { readonly first_line: number; readonly first_column: number };
  };
}

/**
 * An error of Handlebars in our words, with its place.
 *
 * @example
 * explainTemplate('metric', text, view, error).message // '`nope` is not known here'
 */
export function explainTemplate(template: string, text: string, view: unknown, thrown: unknown): TemplateFault {
  const { message = String(thrown), lineNumber, column } = thrown as HandlebarsError;
  const place = { line: lineNumber, column: column === undefined ? undefined : column + 1 };
  // The parser gives its place in words alone.
  const [, line, token] = /^(?:Parse|Lexical) error on line (\d+)[\s\S]*?(?:got '(\w+)'|$)/.exec(message) ?? [];
  if (line !== undefined)
    return new TemplateFault(
      template,
      `the template cannot be read: ${token === 'EOF' ? 'something in it is not closed' : 'a mark of the template language is not complete'}`,
      { line: Number(line) },
    );
  const unknown = /^"(.+?)" not defined in/.exec(message)?.[1];
  if (unknown !== undefined)
    return new TemplateFault(template, `\`${unknown}\` is not known here`, place, namesOf(view));
  const partial = /^The partial (\S+) could not be found/.exec(message)?.[1];
  if (partial !== undefined)
    return new TemplateFault(template, `there is no template \`${partial}\``, placeOf(text, partial));
  const helper = /^You specified knownHelpersOnly, but used the unknown helper (\S+)/.exec(message)?.[1];
  if (helper !== undefined) return new TemplateFault(template, `there is no helper \`${helper}\``, place, helpers);
  const [, opened, closed] = /^(\S+) doesn't match (\S+)/.exec(message) ?? [];
  if (opened !== undefined)
    return new TemplateFault(template, `\`{{#${opened}}}\` is closed by \`{{/${closed}}}\``, place);
  return new TemplateFault(template, message.split('\n')[0]!.replace(/ - \d+:\d+$/, ''), place);
}

const helpers = ['each', 'if', 'lookup', 'rich', 't', 'unless', 'with'];

function namesOf(view: unknown): readonly string[] {
  return typeof view === 'object' && view !== null ? Object.keys(view).sort() : [];
}

/** Where a partial is called: Handlebars does not say. */
function placeOf(text: string, partial: string): { readonly line?: number; readonly column?: number } {
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.includes(partial));
  return line < 0 ? {} : { line: line + 1, column: lines[line]!.indexOf(partial) + 1 };
}
