import { paginate } from './list-view.ts';
import { renderPage, renderWithin } from './page.ts';
import { groupBy, labelOf, type SiteContext } from './site-context.ts';
import { nodePath } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

const namesPerPage = [150, 75, 30];

/** Every definition from A to Z: the way to all pages where no script runs. */
export function allPages(site: SiteContext): readonly SiteFile[] {
  const collator = new Intl.Collator(site.input.language);
  const { metrics, models } = site.input.manifest;
  const entries = [
    ...metrics.map((metric) => ({
      name: labelOf(metric),
      label: labelOf(metric),
      kind: site.t('layer.metric'),
      href: `../${nodePath({ kind: 'metric', name: metric.name })}`,
    })),
    ...models.map((model) => ({
      name: model.name.slice(model.name.indexOf('.') + 1),
      label: model.name,
      kind: site.t(`layer.${model.layer}`),
      href: `../${nodePath({ kind: 'model', name: model.name })}`,
    })),
  ].sort((a, b) => collator.compare(a.name, b.name) || (a.href < b.href ? -1 : 1));
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
