import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import type { Translate } from './translate.ts';

/** HTML that our own code made, from escaped parts. User text never becomes one. */
export type SafeHtml = InstanceType<typeof Handlebars.SafeString>;
export type Render = (template: string, view: object) => string;

const folder = new URL('./templates/', import.meta.url);

export function safeHtml(html: string): SafeHtml {
  return new Handlebars.SafeString(html);
}

/** `home.hbs` is a page, `partials/chart.hbs` a part of pages; names are paths without the ending. */
function readTemplates(): ReadonlyMap<string, string> {
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
  const compileOptions = { strict: true, knownHelpersOnly: true, knownHelpers: { t: true, rich: true } };
  for (const [name, text] of templates) environment.registerPartial(name, environment.compile(text, compileOptions));
  const pages = new Map<string, Handlebars.TemplateDelegate>();
  return (name, view) => {
    const text = templates.get(name);
    if (text === undefined) throw new Error(`no template \`${name}\``);
    const page = pages.get(name) ?? environment.compile(text, compileOptions);
    pages.set(name, page);
    return page(view, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
  };
}
