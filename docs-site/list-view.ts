import type { ManifestMetric, ManifestModel } from '../compiler/index.ts';
import { buildSparkline } from './chart.ts';
import { headlineView } from './metric-values-view.ts';
import { chartSeries } from './series.ts';
import { labelOf, modelStatus, type SiteContext, sentenceOf } from './site-context.ts';
import { definitionPath } from './site-path.ts';
import { trustOfMetric, trustOfModel } from './trust.ts';

export interface Paged<T> {
  readonly path: string;
  readonly rows: readonly T[];
  readonly pages: readonly {
    readonly number: number;
    readonly href: string;
    readonly current: boolean;
    readonly label: string;
  }[];
}

/** Cuts a list into pages `folder/index.html`, `folder/page-2.html` …; an empty list has one page. */
export function paginate<T extends { readonly name: string }>(
  folder: string,
  rows: readonly T[],
  size: number,
): readonly Paged<T>[] {
  const count = Math.max(1, Math.ceil(rows.length / size));
  const fileOf = (index: number): string => (index === 0 ? 'index.html' : `page-${index + 1}.html`);
  const chunks = Array.from({ length: count }, (_, index) => rows.slice(index * size, (index + 1) * size));
  return chunks.map((chunk, index) => ({
    path: `${folder}/${fileOf(index)}`,
    rows: chunk,
    pages:
      count === 1
        ? []
        : chunks.flatMap((of, at) =>
            isNear(at, index, count)
              ? [
                  {
                    number: at + 1,
                    href: fileOf(at),
                    current: at === index,
                    label: `${of[0]!.name} – ${of.at(-1)!.name}`,
                  },
                ]
              : [],
          ),
  }));
}

/** Of a hundred pages the pager names the first, the last, and those around the current one. */
function isNear(at: number, current: number, count: number): boolean {
  return count <= 12 || at === 0 || at === count - 1 || Math.abs(at - current) <= 3;
}

export function metricRow(site: SiteContext, metric: ManifestMetric, prefix: string) {
  const values = site.values.get(metric.name);
  const series = chartSeries(values?.series ?? []);
  const trust = trustOfMetric(site, metric);
  return {
    name: metric.name,
    label: labelOf(metric),
    href: prefix + definitionPath('metric', metric.name),
    sentence: sentenceOf(site, metric.description),
    unit: metric.unit,
    owner: metric.owner,
    version: metric.version,
    headline: headlineView(site, metric, values),
    spark: series === undefined ? undefined : buildSparkline(metric, series),
    trust,
  };
}

export function modelRow(site: SiteContext, model: ManifestModel, prefix: string) {
  const status = modelStatus(site, model.name);
  return {
    name: model.name,
    layer: model.layer,
    layerWord: site.t(`layer.${model.layer}`),
    href: prefix + definitionPath('model', model.name),
    sentence: sentenceOf(site, model.description),
    owner: model.owner,
    rows: status?.rows === undefined ? undefined : site.format.count(status.rows),
    columns: site.format.count(model.columns.length),
    trust: trustOfModel(site, model.name),
  };
}
