import { metricRow, modelRow, paginate } from './list-view.ts';
import { renderPage, renderWithin } from './page.ts';
import { lastComplete } from './series.ts';
import { modelStatus, type SiteContext } from './site-context.ts';
import type { SiteFile } from './site-types.ts';

const rowsPerPage = [40, 25, 12, 6];

export function metricListPages(site: SiteContext): readonly SiteFile[] {
  const { metrics } = site.input.manifest;
  return renderWithin(rowsPerPage, (size) =>
    paginate('metrics', metrics, size).map(({ path, rows, pages }) =>
      renderPage(
        site,
        'metrics',
        { path, title: site.t('nav.metrics'), section: 'metrics' },
        {
          count: metrics.length,
          data: pages.length > 0 ? 'metrics/' : '',
          pages,
          rows: rows.map((metric) => ({
            ...metricRow(site, metric, '../'),
            sortValue: lastComplete(site.values.get(metric.name)?.series ?? [])?.point.value ?? '',
          })),
        },
      ),
    ),
  );
}

/** Marts first: what a reader looks for; sources last. */
const layerOrder = { marts: 0, clean: 1, raw: 2 } as const;

export function modelListPages(site: SiteContext): readonly SiteFile[] {
  const models = [...site.input.manifest.models].sort(
    (a, b) => layerOrder[a.layer] - layerOrder[b.layer] || (a.name < b.name ? -1 : 1),
  );
  return renderWithin(rowsPerPage, (size) =>
    paginate('models', models, size).map(({ path, rows, pages }) =>
      renderPage(
        site,
        'models',
        { path, title: site.t('nav.models'), section: 'models' },
        {
          count: models.length,
          data: pages.length > 0 ? 'models/' : '',
          pages,
          rows: rows.map((model) => ({
            ...modelRow(site, model, '../'),
            sortValue: String(modelStatus(site, model.name)?.rows ?? ''),
          })),
        },
      ),
    ),
  );
}
