import { definitionEntries } from './definition-entries.ts';
import { paginate } from './list-view.ts';
import { renderPage, renderWithin } from './page.ts';
import { groupBy, type SiteContext } from './site-context.ts';
import type { SiteFile } from './site-types.ts';

const namesPerPage = [150, 75, 30];

/** Every definition from A to Z: the way to all pages where no script runs. */
export function allPages(site: SiteContext): readonly SiteFile[] {
  const collator = new Intl.Collator(site.input.language);
  const entries = definitionEntries(site)
    .map(({ kind, name, label, word, path }) => ({
      name: kind === 'model' ? name.slice(name.indexOf('.') + 1) : label,
      label: kind === 'model' ? name : label,
      kind: word,
      href: `../${path}`,
    }))
    .sort((a, b) => collator.compare(a.name, b.name) || (a.href < b.href ? -1 : 1));
  return renderWithin(namesPerPage, (size) =>
    paginate('all', entries, size).map(({ path, rows, pages }) =>
      renderPage(
        site,
        'all',
        { path, title: site.t('nav.all'), section: 'all' },
        {
          count: entries.length,
          pages,
          letters: [...groupBy(rows, (row) => [row.name.charAt(0).toLocaleUpperCase(site.input.language)])].map(
            ([letter, items]) => ({ letter, items }),
          ),
        },
      ),
    ),
  );
}
