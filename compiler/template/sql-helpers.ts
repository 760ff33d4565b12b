import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { TemplatePlace } from './template-position.ts';

/** What a template does wrong, with the place in it. */
export class TemplateError extends Error {
  readonly at: TemplatePlace;
  readonly hints: readonly string[];

  constructor(message: string, at: TemplatePlace, hints: readonly string[] = []) {
    super(message);
    this.at = at;
    this.hints = hints;
  }
}

/** `{{run_at}}` becomes this call, which a dialect replaces by the run's instant. */
export const runMarker = 'etalon_run_at()';

interface HelperOptions {
  readonly loc?: { readonly start: { readonly line: number; readonly column: number } };
}

type Helper = (...args: unknown[]) => string;

/** Handlebars repeats nothing for what is no list, and says nothing of it. */
export function checkEach(args: readonly unknown[], vars: Readonly<Record<string, unknown>>): void {
  const { value, place } = getOne('each', args, vars);
  if (!Array.isArray(value)) throw new TemplateError('`each` takes a list', place, ['`[a, b]` in `vars:` is one']);
}

function placeOf(options: unknown, word: string): TemplatePlace {
  const start = (options as HelperOptions | undefined)?.loc?.start;
  return start ? { line: start.line, column: start.column } : { word };
}

function getOne(
  name: string,
  args: readonly unknown[],
  vars: Readonly<Record<string, unknown>>,
): { readonly value: unknown; readonly place: TemplatePlace } {
  const place = placeOf(args.at(-1), name);
  if (args.length !== 2) throw new TemplateError(`\`${name}\` has ${args.length - 1} arguments and takes 1`, place);
  if (args[0] === undefined) {
    const hints = suggestNames('', Object.keys(vars));
    throw new TemplateError(`\`${name}\` is given a name that has no value here`, place, hints);
  }
  return { value: args[0], place };
}

/**
 * What may put a value into SQL, each for one kind of place: `var` inside quotes, `ident` for a name, `literal` for a value with its quotes, `list` for values between parentheses.
 */
export function sqlHelpers(vars: Readonly<Record<string, unknown>>): Readonly<Record<string, Helper>> {
  const one = (name: string, args: readonly unknown[]) => getOne(name, args, vars);
  return {
    run_at: (...args) => {
      if (args.length > 1) throw new TemplateError('`run_at` takes no argument', placeOf(args.at(-1), 'run_at'));
      return runMarker;
    },
    var: (...args) => {
      const { value: name, place } = one('var', args);
      if (typeof name !== 'string' || !Object.hasOwn(vars, name)) {
        throw new TemplateError(
          `unknown variable \`${String(name)}\``,
          place,
          suggestNames(String(name), Object.keys(vars)),
        );
      }
      return scalarText(vars[name], name, place).replaceAll("'", "''");
    },
    ident: (...args) => {
      const { value, place } = one('ident', args);
      if (typeof value !== 'string' || value === '' || value.includes('\0'))
        throw new TemplateError('`ident` takes a name', place);
      return `"${value.replaceAll('"', '""')}"`;
    },
    literal: (...args) => {
      const { value, place } = one('literal', args);
      return literalText(value, place);
    },
    list: (...args) => {
      const { value, place } = one('list', args);
      if (!Array.isArray(value) || value.length === 0)
        throw new TemplateError('`list` takes a list of at least one value', place);
      return value.map((item) => literalText(item, place)).join(', ');
    },
  };
}

function scalarText(value: unknown, name: string, place: TemplatePlace): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`the variable \`${name}\` is no single value`, place, ['`{{list x}}` writes a list']);
}

function literalText(value: unknown, place: TemplatePlace): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && !value.includes('\0')) return `'${value.replaceAll("'", "''")}'`;
  throw new TemplateError('a text, a number, true, false or null is expected here', place);
}
