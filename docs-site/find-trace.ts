import type { SiteFile } from './site-types.ts';

/** A site for an audience would have told of what it is not shown; nothing was written. */
export class AudienceTrace extends Error {
  constructor(path: string, name: string) {
    super(`\`${path}\` would name \`${name}\`, which the audience is not shown`);
    this.name = 'AudienceTrace';
  }
}

/** Words of a file, and pairs with a dot, as definitions are named. */
const word = /[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*/g;

/**
 * The first of the files that holds a hidden name, as the last look before a site for an audience is given out: what finds something here was let in by mistake. A name that is an ordinary word as
 * well cannot be told from it and is not looked for.
 */
export function findTrace(
  files: readonly SiteFile[],
  hidden: ReadonlySet<string>,
): { readonly path: string; readonly name: string } | undefined {
  const names = new Set([...hidden].filter((name) => /[._]/.test(name)));
  for (const { path, content } of files) {
    if (typeof content !== 'string' || /^assets\/(?!search-data)/.test(path)) continue;
    for (const [found] of `${path} ${content}`.matchAll(word)) {
      if (!/[._]/.test(found)) continue;
      const parts = found.split('.');
      const name = [found, parts.slice(0, 2).join('.'), ...parts].find((one) => names.has(one));
      if (name !== undefined) return { path, name };
    }
  }
  return undefined;
}
