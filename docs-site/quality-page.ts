import { renderPage, renderWithin } from './page.ts';
import { labelOf, type SiteContext } from './site-context.ts';
import { definitionPath, type PageKind } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

interface Gap {
  readonly key: string;
  /** Out of how many. */
  readonly of: number;
  readonly names: readonly { readonly name: string; readonly href: string }[];
}

/** What the dictionary itself lacks: definitions that a reader cannot fully trust, since something about them is not written down. */
export function qualityPage(site: SiteContext): readonly SiteFile[] {
  const gaps = findGaps(site);
  const { t, format } = site;
  return renderWithin([60, 30, 12, 5], (shown) => [
    renderPage(
      site,
      'quality',
      { path: 'quality/index.html', title: t('nav.quality') },
      {
        gaps: gaps.map(({ key, of, names }) => ({
          label: t(`gap.${key}`),
          share:
            of === 0
              ? undefined
              : t('gap.share', { share: format.percent((of - names.length) / of, 0), of: format.count(of) }),
          none: names.length === 0,
          count: format.count(names.length),
          names: names.slice(0, shown),
          more: names.length > shown ? t('column.more', { n: names.length - shown }) : undefined,
        })),
      },
    ),
  ]);
}

/** Raw models need no example and no unit; a segment has no unit. */
export function findGaps(site: SiteContext): readonly Gap[] {
  const { metrics, segments, models } = site.input.manifest;
  const all = [
    ...metrics.map((each) => ({ kind: 'metric' as const, each })),
    ...segments.map((each) => ({ kind: 'segment' as const, each })),
    ...models.map((each) => ({ kind: 'model' as const, each })),
  ];
  const link = (kind: PageKind, each: { readonly name: string; readonly title?: string }) => ({
    name: kind === 'model' ? each.name : labelOf(each),
    href: `../${definitionPath(kind, each.name)}`,
  });
  const columns = models.flatMap((model) => model.columns.map((column) => ({ model, column })));
  const lacking = <T>(list: readonly T[], lacks: (one: T) => boolean, linkOf: (one: T) => Gap['names'][number]) => ({
    of: list.length,
    names: list.filter(lacks).map(linkOf),
  });
  const linkOf = ({ kind, each }: (typeof all)[number]) => link(kind, each);
  const asked = all.filter(({ kind }) => kind !== 'model') as readonly {
    readonly kind: 'metric' | 'segment';
    readonly each: (typeof metrics)[number] | (typeof segments)[number];
  }[];
  return [
    { key: 'description', ...lacking(all, ({ each }) => !each.description, linkOf) },
    { key: 'owner', ...lacking(all, ({ each }) => !each.owner, linkOf) },
    {
      key: 'unit',
      ...lacking(
        metrics,
        ({ unit }) => !unit,
        (each) => link('metric', each),
      ),
    },
    {
      key: 'example',
      ...lacking(
        asked,
        ({ each }) => each.examples.length === 0,
        ({ kind, each }) => link(kind, each),
      ),
    },
    {
      key: 'column',
      ...lacking(
        columns,
        ({ column }) => !column.description,
        ({ model, column }) => ({
          name: `${model.name}.${column.name}`,
          href: `../${definitionPath('model', model.name)}#${column.name}`,
        }),
      ),
    },
    {
      key: 'tests',
      ...lacking(
        models,
        ({ tests }) => tests.length === 0,
        (each) => link('model', each),
      ),
    },
  ];
}
