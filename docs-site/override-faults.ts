import { faultOfToken, tokenNames } from './asset-files.ts';
import { readTemplates, templateFault } from './render-template.ts';
import type { SiteOverrides } from './site-types.ts';

/** What is wrong with something that a project puts in the place of our own. */
export interface OverrideFault {
  readonly of: 'template' | 'token' | 'page';
  /** Of the template, the token or the page's file. */
  readonly name: string;
  readonly message: string;
  /** From 1. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** What it might have been called. */
  readonly available: readonly string[];
}

/**
 * What of a project's templates, tokens and pages cannot be used, before anything is drawn. A template that asks for what its page does not have is found only where it is drawn: a `TemplateFault`.
 *
 * @example
 * overrideFaults({ tokens: { acent: 'red' } }) // [{ of: 'token', name: 'acent', message: 'the style sheet has no token `acent`', available: ['accent', …] }]
 */
export function overrideFaults(overrides: SiteOverrides): readonly OverrideFault[] {
  const own = readTemplates();
  const templates = Object.entries(overrides.templates ?? {}).flatMap(([name, text]): OverrideFault[] => {
    // A project may have parts of its own, called by its templates; a page that nothing draws is a slip.
    if (!own.has(name) && !name.includes('/'))
      return [
        { of: 'template', name, message: `no page is drawn by a template \`${name}\``, available: [...own.keys()] },
      ];
    const fault = templateFault(name, text);
    return fault
      ? [{ of: 'template', name, message: fault.message, line: fault.line, column: fault.column, available: [] }]
      : [];
  });
  const tokens = Object.entries(overrides.tokens ?? {}).flatMap(([name, value]): OverrideFault[] => {
    const message = faultOfToken(name, value);
    const isNamed = tokenNames().includes(name);
    return message === undefined ? [] : [{ of: 'token', name, message, available: isNamed ? [] : tokenNames() }];
  });
  return [...templates, ...tokens, ...pageFaults(overrides.pages ?? [])];
}

function pageFaults(pages: NonNullable<SiteOverrides['pages']>): readonly OverrideFault[] {
  const first = new Map<string, string>();
  return pages.flatMap(({ name, path }): OverrideFault[] => {
    const fault = (message: string): OverrideFault[] => [{ of: 'page', name: path, message, available: [] }];
    if (name === '') return fault('the name of the file has no Latin letter and no digit to make an address of');
    const other = first.get(name);
    first.set(name, other ?? path);
    return other === undefined ? [] : fault(`its address, \`docs/${name}.html\`, is that of \`${other}\` as well`);
  });
}
