import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteOverrides } from '../../docs-site/index.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCode } from '../exit-code.ts';

/**
 * What a project puts in the place of our own: `site/templates/**.hbs`, `site/tokens.json`, `site/logo.svg` or `.png`, and Markdown pages in `docs/pages/`.
 * The rest of `docs/` is the project's own business.
 */
export function readOverrides(folder: string): SiteOverrides {
  const templates = readTemplates(join(folder, 'site', 'templates'));
  const tokens = readTokens(join(folder, 'site', 'tokens.json'));
  const logo = readLogo(join(folder, 'site'));
  const pages = readPages(join(folder, 'docs', 'pages'));
  return {
    ...(Object.keys(templates).length > 0 ? { templates } : {}),
    ...(tokens ? { tokens } : {}),
    ...(logo ? { logo } : {}),
    ...(pages.length > 0 ? { pages } : {}),
  };
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

function readTokens(path: string): Record<string, string> | undefined {
  if (!existsSync(path)) return undefined;
  const fail = (why: string): never => {
    throw new CommandFailure(exitCode.usage, `site/tokens.json: ${why}`, ['for example: {"accent": "#7a1f5c"}']);
  };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return fail('not JSON');
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
    return { name, title: /^#\s+(.+)$/m.exec(markdown)?.[1]?.trim() ?? name, markdown };
  });
}
