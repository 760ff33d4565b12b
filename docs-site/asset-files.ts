import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SiteFile, SiteOverrides } from './site-types.ts';

const own = ['style.css', 'etalon.js', 'icon.svg'];

export function assetFiles(overrides: SiteOverrides | undefined): readonly SiteFile[] {
  return [
    ...own.map((name) => ({
      path: `assets/${name}`,
      content: readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8'),
    })),
    { path: 'assets/minisearch.js', content: readMiniSearch() },
    ...(overrides?.tokens === undefined ? [] : [{ path: 'assets/tokens.css', content: tokenSheet(overrides.tokens) }]),
    ...(overrides?.logo === undefined
      ? []
      : [{ path: `assets/${overrides.logo.file}`, content: overrides.logo.content }]),
  ];
}

/** The whole style, to stand in a page. */
export function readStyle(overrides: SiteOverrides | undefined): string {
  const sheet = readFileSync(new URL('./assets/style.css', import.meta.url), 'utf8');
  return overrides?.tokens === undefined ? sheet : `${sheet}${tokenSheet(overrides.tokens)}`;
}

/** The classic-script build of the package, which its `exports` do not name. */
function readMiniSearch(): string {
  const entry = createRequire(import.meta.url).resolve('minisearch');
  const script = readFileSync(join(dirname(entry), '..', 'umd', 'index.js'), 'utf8');
  return script.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
}

/** Custom properties of the style sheet that a project may set, without their dashes, sorted. */
export function tokenNames(): readonly string[] {
  const sheet = readFileSync(new URL('./assets/style.css', import.meta.url), 'utf8');
  return [...new Set([...sheet.matchAll(/^\s*--([a-z][a-z0-9-]*):/gm)].map(([, name]) => name!))].sort();
}

/** Tokens are a project's own words, yet they must not smuggle in a rule, a URL or an import. Undefined: nothing is wrong. */
export function faultOfToken(name: string, value: string): string | undefined {
  if (!tokenNames().includes(name)) return `the style sheet has no token \`${name}\``;
  if (!/^[\w\s#%.,'"()/-]+$/.test(value) || /url|image|expression/i.test(value))
    return `the value of the token \`${name}\` is \`${value}\`, not a colour, a length or names of fonts`;
  return undefined;
}

function tokenSheet(tokens: Readonly<Record<string, string>>): string {
  const lines = Object.entries(tokens).map(([name, value]) => {
    const fault = faultOfToken(name, value);
    if (fault !== undefined) throw new Error(fault);
    return `  --${name}: ${value};`;
  });
  return `:root:root {\n${lines.join('\n')}\n}\n`;
}
