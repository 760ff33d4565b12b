import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { explainTemplate, TemplateFault } from './template-fault.ts';
import type { Translate } from './translate.ts';

/** HTML that our own code made, from escaped parts. User text never becomes one. */
export type SafeHtml = InstanceType<typeof Handlebars.SafeString>;
export type Render = (template: string, view: object) => string;

const compileOptions = { strict: true, knownHelpersOnly: true, knownHelpers: { t: true, rich: true } };
const folder = new URL('./templates/', import.meta.url);

export function safeHtml(html: string): SafeHtml {
  return new Handlebars.SafeString(html);
}

/** `home.hbs` is a page, `partials/chart.hbs` a part of pages; names are paths without the ending. */
export function readTemplates(): ReadonlyMap<string, string> {
  const names = readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.hbs')).sort();
  return new Map(
    files.map((name) => [
      name.slice(0, -4).replaceAll('\\', '/'),
      readFileSync(new URL(name.replaceAll('\\', '/'), folder), 'utf8'),
    ]),
  );
}

/** What draws pages; `frame` is the template that stands for `layout` in all of them. */
export function makeRender(
  t: Translate,
  words: (text: string) => string,
  overrides: Readonly<Record<string, string>> = {},
  frame: 'layout' | 'single' = 'layout',
): Render {
  const environment = Handlebars.create();
  const templates = new Map([...readTemplates(), ...Object.entries(overrides)]);
  templates.set('layout', templates.get(frame)!);
  environment.registerHelper('t', (key: string, options: Handlebars.HelperOptions) =>
    t(key, options.hash as Record<string, string | number>),
  );
  environment.registerHelper('rich', (key: string) => safeHtml(words(t(key))));
  const explained = makeExplained(templates);
  const compiled = new Map(
    [...templates].map(([name, text]) => [name, explained(name, environment.compile(text, compileOptions))]),
  );
  for (const [name, draw] of compiled) environment.registerPartial(name, draw);
  return (name, view) => {
    const draw = compiled.get(name);
    if (draw === undefined) throw new Error(`no template \`${name}\``);
    return draw(view, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
  };
}

type Draw = Handlebars.TemplateDelegate;

/** Draws a template so that an error is told of the one that it comes from: of a block handed to another template, of the one that hands it over. */
function makeExplained(templates: ReadonlyMap<string, string>): (name: string, draw: Draw) => Draw {
  const drawn: string[] = [];
  const within = (name: string, draw: Draw): Draw => {
    return (view, options) => {
      drawn.push(name);
      try {
        return draw(view, options);
      } catch (error) {
        throw error instanceof TemplateFault ? error : explainTemplate(name, templates.get(name) ?? '', view, error);
      } finally {
        drawn.pop();
      }
    };
  };
  return (name, draw) => {
    const own = within(name, draw);
    return (view, options) => {
      const caller = drawn.at(-1);
      const data = options?.data as Record<string, unknown> | undefined;
      const block = data?.['partial-block'] as Draw | undefined;
      if (data && block && caller !== undefined) data['partial-block'] = within(caller, block);
      return own(view, options);
    };
  };
}

/** What is wrong with a template as it stands; undefined where it can be read. */
export function templateFault(name: string, text: string): TemplateFault | undefined {
  try {
    // What the compiler refuses, such as an unknown helper, is refused here as well.
    Handlebars.create().precompile(text, compileOptions);
    return undefined;
  } catch (error) {
    return explainTemplate(name, text, undefined, error);
  }
}
