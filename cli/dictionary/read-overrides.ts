import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteOverrides } from '../../docs-site/index.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCode } from '../exit-code.ts';

/** What a project puts in the place of our own, and what of it is needed to show where something is wrong. */
export interface OverrideTexts {
  readonly overrides: SiteOverrides;
  /** `site/tokens.json` as it is written. */
  readonly tokenText?: string;
}

/**
 * What a project puts in the place of our own: `site/templates/**.hbs`, `site/tokens.json`, `site/logo.svg` or `.png`, and Markdown pages in `docs/pages/`.
 * The rest of `docs/` is the project's own business.
 */
export function readOverrides(folder: string): OverrideTexts {
  const templates = readTemplates(join(folder, 'site', 'templates'));
  const tokenText = readText(join(folder, 'site', 'tokens.json'));
  const tokens = tokenText === undefined ? undefined : parseTokens(tokenText);
  const logo = readLogo(join(folder, 'site'));
  const pages = readPages(join(folder, 'docs', 'pages'));
  const overrides = {
    ...(Object.keys(templates).length > 0 ? { templates } : {}),
    ...(tokens ? { tokens } : {}),
    ...(logo ? { logo } : {}),
    ...(pages.length > 0 ? { pages } : {}),
  };
  return { overrides, ...(tokenText === undefined ? {} : { tokenText }) };
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function listFiles(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return found
    .filter((path) => path.endsWith(ending))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

function readTemplates(folder: string): Record<string, string> {
  const entries = listFiles(folder, '.hbs').map((path) => {
    return [path.slice(0, -'.hbs'.length), readFileSync(join(folder, path), 'utf8')] as const;
  });
  return Object.fromEntries(entries);
}

function parseTokens(text: string): Record<string, string> {
  const fail = (why: string): never => {
    throw new CommandFailure(exitCode.usage, `site/tokens.json: ${why}`, ['for example: {"accent": "#7a1f5c"}']);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail(`not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('an object is wanted');
  const wrong = Object.entries(value).find(([, text]) => typeof text !== 'string');
  return wrong ? fail(`\`${wrong[0]}\` is no text`) : (value as Record<string, string>);
}

function readLogo(folder: string): SiteOverrides['logo'] {
  for (const file of ['logo.svg', 'logo.png'] as const) {
    if (existsSync(join(folder, file))) return { file, content: readFileSync(join(folder, file)) };
  }
  return undefined;
}

/** The title is the page's first heading, else its name. */
function readPages(folder: string): NonNullable<SiteOverrides['pages']>[number][] {
  return listFiles(folder, '.md').map((path) => {
    const markdown = readFileSync(join(folder, path), 'utf8');
    const name = path
      .slice(0, -'.md'.length)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
    const plain = path.slice(path.lastIndexOf('/') + 1, -'.md'.length);
    return { name, path, title: /^#\s+(.+)$/m.exec(markdown)?.[1]?.trim() ?? plain, markdown };
  });
}
